"""Records when a person was last seen in a company, to within ten minutes, so that it costs a page almost nothing."""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Q

from companies.models import Membership

logger = logging.getLogger(__name__)
UPDATE_EVERY = timedelta(minutes=10)


def note_presence(membership: Membership, *, at: datetime) -> None:
    """Record that this person works in this company now, at most once in ten minutes: one statement.

    Never raises. Call it outside of a transaction, because a failed statement would abort it.
    """
    seen = membership.last_seen_at
    if seen is not None and at - UPDATE_EVERY < seen <= at:
        return
    # Of several requests at once only one writes. A moment in the future came from a wrong clock.
    outdated = Q(last_seen_at=None) | Q(last_seen_at__lte=at - UPDATE_EVERY) | Q(last_seen_at__gt=at)
    try:
        Membership.objects.filter(outdated, pk=membership.pk).update(last_seen_at=at)
    except DatabaseError as error:
        # A read-only database must not break the page.
        logger.warning("Who works here can't be written down: %s", type(error).__name__)
