"""Django's database sessions, read in one query together with what every signed-in request needs next.

Nothing is kept from one request to the next, so every change works at the next click.
"""

from datetime import datetime
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONArray
from django.http import HttpRequest
from django.utils import timezone

from companies.database.sql import JsonList
from companies.models import Installation, User


class Note(NamedTuple):
    """What we recorded about a session: its person, its last use, and the person's factors by id."""

    user_id: int
    last_seen_at: datetime
    factors: dict[int, str]


class Demands(NamedTuple):
    """The settings of the installation that decide who may pass."""

    shop_password_must_change: bool = False
    operators_need_second_factor: bool = False


class SessionStore(DatabaseSessionStore):
    """Django's store; `note` and `demands` are None before a session was read. A new session has no `note` yet."""

    note: Note | None = None
    demands: Demands | None = None

    def _get_session_from_db(self) -> Session | None:
        session = _rows().filter(session_key=self.session_key, expire_date__gt=timezone.now()).first()
        if session is None:
            self._session_key = None
            return None
        row: Any = session  # with what `_rows` annotates
        if row.noted_user is not None:
            self.note = Note(row.noted_user, row.noted_at, dict(row.noted_factors or ()))
        self.demands = Demands(bool(row.must_change), bool(row.need_second_factor))
        return session


def note_of(request: HttpRequest) -> Note | None:
    """What we recorded about the request's session; None in its first request."""
    return getattr(request.session, "note", None)


def known_factors(request: HttpRequest, user: User) -> dict[int, str] | None:
    """Ids and kinds of this person's factors at the beginning of the request; None if they were not read.

    Also None for a POST, which may change them, so that they are read each time.
    """
    note = note_of(request) if request.method in {"GET", "HEAD"} else None
    return note.factors if note is not None and note.user_id == user.pk else None


def load_demands(request: HttpRequest) -> Demands | Installation:
    """The settings of the installation at the beginning of the request."""
    return getattr(request.session, "demands", None) or Installation.load()


def _rows() -> QuerySet[Session]:
    """Sessions with all that `SessionStore` reads of them."""
    noted = UserSession.objects.filter(session_key=OuterRef("session_key"))
    factors = Authenticator.objects.filter(user__usersession__session_key=OuterRef("session_key"))
    settings = Installation.objects.filter(pk=Installation.THE_ONE)
    return Session.objects.annotate(
        noted_user=Subquery(noted.values("user_id")),
        noted_at=Subquery(noted.values("last_seen_at")),
        noted_factors=JsonList.of(factors, JSONArray("pk", "type")),
        must_change=Subquery(settings.values("shop_password_must_change")),
        need_second_factor=Subquery(settings.values("operators_need_second_factor")),
    )
