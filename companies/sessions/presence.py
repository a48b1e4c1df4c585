"""Who works here just now, exact to ten minutes, so that it costs a page next to nothing."""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Q

from companies.models import Membership

logger = logging.getLogger(__name__)
EXACT_TO = timedelta(minutes=10)


def note_presence(membership: Membership, *, at: datetime) -> None:
    """Write down that this person works in this company now, at most once in ten minutes: one statement.

    Never raises; but call it outside of a transaction, which a failed statement would spoil.
    """
    seen = membership.last_seen_at
    if seen is not None and at - EXACT_TO < seen <= at:
        return
    # Of many pages at once one writes. A moment from the future was written by a clock that has gone back since.
    outdated = Q(last_seen_at=None) | Q(last_seen_at__lte=at - EXACT_TO) | Q(last_seen_at__gt=at)
    try:
        Membership.objects.filter(outdated, pk=membership.pk).update(last_seen_at=at)
    except DatabaseError as error:
        # The page is readable where the database can only be read.
        logger.warning("Who works here can't be written down: %s", type(error).__name__)
