"""A person's sessions: in which browsers, since when, from which address; and how to end them.

The table is django-allauth's. Its own tracking writes at every request; ours writes once in ten minutes. It keeps
nothing in the session itself, because saving a session would extend it.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.db.models import F, OuterRef, Subquery
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from companies.audit.log import address_of
from companies.authorization.signed_in import SignedInMiddleware
from companies.models import User
from companies.sessions.operators import is_over
from companies.sessions.store import SessionStore, note_of

logger = logging.getLogger(__name__)
UPDATE_EVERY = timedelta(minutes=10)
LONGEST_NAME = 200


class SessionNotesMiddleware(SignedInMiddleware):
    """Records the browser and the address that use a session."""

    def look(self, request: HttpRequest, user: User) -> None:
        note_session(request, user, at=timezone.now())


def note_session(request: HttpRequest, user: User, *, at: datetime) -> None:
    """Record that this session is used now, at most once in ten minutes. Never raises."""
    key, address, note = request.session.session_key, address_of(request), note_of(request)
    seen = note.last_seen_at if note is not None else None
    if address is None or (seen is not None and at - UPDATE_EVERY < seen <= at):
        return
    browser = request.headers.get("User-Agent", "").replace("\0", "")[:LONGEST_NAME]
    facts = {"user_id": user.pk, "ip": address, "user_agent": browser, "last_seen_at": at}
    try:
        if note is None:
            UserSession.objects.bulk_create([UserSession(session_key=key, **facts)], ignore_conflicts=True)
        else:
            UserSession.objects.filter(session_key=key).update(**facts)
    except DatabaseError as error:
        # A read-only database must not break the page.
        logger.warning("Where people are signed in can't be written down: %s", type(error).__name__)


def load_sessions(user: User, *, at: datetime) -> list[Any]:
    """The person's valid sessions, the last used first. Deletes the records of ended ones."""
    stored = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=at)
    noted = UserSession.objects.filter(user=user).annotate(stored=Subquery(stored.values("session_data")))
    good: list[Any] = []
    ended: list[Any] = []
    for row in noted.order_by("-last_seen_at", "pk"):
        is_good = row.stored is not None and _is_good(SessionStore().decode(row.stored), user, at)
        (good if is_good else ended).append(row)
    if ended:
        UserSession.objects.filter(pk__in=[row.pk for row in ended]).delete()
    return good


@transaction.atomic
def end_session(row: Any) -> None:
    """Sign out one browser."""
    Session.objects.filter(session_key=row.session_key).delete()
    row.delete()


@transaction.atomic
def end_other_sessions(request: HttpRequest, user: User) -> int:
    """Sign out every other browser, also those without a record; returns how many had one.

    This session gets a new key, so that a stolen one stops working as well.
    """
    old, now = request.session.session_key, timezone.now()
    others = [row.session_key for row in load_sessions(user, at=now) if row.session_key != old]
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    update_session_auth_hash(request, user)
    Session.objects.filter(session_key__in=others).delete()
    UserSession.objects.filter(user=user).exclude(session_key=old).delete()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)
    return len(others)


@receiver(user_logged_in)
def forget_what_ended(sender: object, user: User, **_more: Any) -> None:
    """Delete the records of ended sessions, so that addresses are not kept longer than needed."""
    load_sessions(user, at=timezone.now())


def _is_good(data: dict[str, Any], user: User, at: datetime) -> bool:
    if user.is_staff and is_over(data, int(at.timestamp())):
        return False
    stored = data.get(HASH_SESSION_KEY, "")
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(stored, one) for one in hashes)
