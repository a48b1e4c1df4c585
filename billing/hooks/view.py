"""The endpoint that WHMCS's hook file calls. It needs no session, no cookie and no CSRF token."""

from uuid import UUID

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.hooks.receive import Outcome, receive
from companies.authorization.gates import public

MOST_BYTES = 64 * 1024
# The same answer for an unknown gateway, a gateway without a hook, and a call without the secret.
ANSWERS = {
    Outcome.NOTED: (202, "Noted."),
    Outcome.REFUSED: (401, "Refused."),
    Outcome.UNREADABLE: (400, "Not a message of the hook."),
    Outcome.BUSY: (503, "Too much at once. Try again in a minute."),
}


@public
@csrf_exempt
@require_POST
def whmcs_hook(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a message; 202 means that it is stored durably. The body is neither kept nor logged."""
    if _length(request) > MOST_BYTES:
        return _answer(413, "Too large.")
    try:
        outcome = receive(uid, request.headers, request.body)
    except UnreadablePostError:
        outcome = Outcome.UNREADABLE
    except DatabaseError:
        return _answer(503, "Not noted. Try again.", retry_after=10)
    return _answer(*ANSWERS[outcome], retry_after=60 if outcome is Outcome.BUSY else None)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _answer(status: int, words: str, *, retry_after: int | None = None) -> HttpResponse:
    answer = HttpResponse(f"{words}\n", status=status, content_type="text/plain")
    if status == 401:
        answer["WWW-Authenticate"] = "Standard-Webhooks"
    if retry_after is not None:
        answer["Retry-After"] = str(retry_after)
    return answer
