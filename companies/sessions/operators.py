"""Operators' sessions end sooner than customers': after two hours without a request, and after twelve hours at most."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from companies.authorization.signed_in import SignedInMiddleware
from companies.models import User

STARTED, SEEN = "operator_since", "operator_seen"
EXACT_TO_SECONDS = 60


class OperatorSessionMiddleware(SignedInMiddleware):
    """Signs out an operator whose session is over. `companies.middleware` then sends them to the sign-in page."""

    def look(self, request: HttpRequest, user: User) -> None:
        if not user.is_staff:
            return
        now = int(timezone.now().timestamp())
        if is_over(request.session, now):
            logout(request)
            return
        request.session.setdefault(STARTED, now)
        if now - request.session.get(SEEN, 0) >= EXACT_TO_SECONDS:
            request.session[SEEN] = now


def is_over(session: SessionBase | Mapping[str, Any], now: int) -> bool:
    """Whether the session is too old or was idle too long. For a person who has just become an operator it is new."""
    started, seen = int(session.get(STARTED, now)), int(session.get(SEEN, now))
    return now - started >= settings.OPERATOR_SESSION_AGE or now - seen >= settings.OPERATOR_SESSION_IDLE


@receiver(user_logged_in)
def begin_anew(sender: object, request: HttpRequest, **_more: Any) -> None:
    """A new sign-in within the same session starts the time again."""
    for key in (STARTED, SEEN):
        request.session.pop(key, None)
