"""Who needs a second factor, and whether this session has shown one. `companies.middleware` acts on it.

Nothing is cached: each request checks the person's factors and the current settings. So neither an old session nor one
that was opened in another way gets around it.
"""

from datetime import datetime
from enum import StrEnum
from time import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.models import User
from companies.sessions.store import known_factors, load_demands

WORDS = {
    Authenticator.Type.TOTP: _("authenticator app"),
    Authenticator.Type.WEBAUTHN: _("passkey"),
    Authenticator.Type.RECOVERY_CODES: _("recovery codes"),
}
# Recovery codes only replace these; alone they are not a factor.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class StillToDo(StrEnum):
    """What a person still has to do before they may act."""

    NOTHING = "nothing"
    ENROL = "enrol"  # needs a factor and has none
    VERIFY = "verify"  # has one, but has not used it in this session


def still_to_do(request: HttpRequest, user: User) -> StillToDo:
    """What the person of this session still has to do. Whoever has a factor must use it, whatever the settings say."""
    kinds = kinds_by_id(request, user)
    if not set(kinds.values()).intersection(FACTORS):
        is_needed = user.is_staff and load_demands(request).operators_need_second_factor
        return StillToDo.ENROL if is_needed else StillToDo.NOTHING
    return StillToDo.NOTHING if _proofs(request, user, kinds) else StillToDo.VERIFY


def may_act_as_operator(request: HttpRequest) -> bool:
    """Whether the administration is open to this request."""
    user = request.user
    if not (isinstance(user, User) and user.is_active and user.is_staff):
        return False
    return still_to_do(request, user) is StillToDo.NOTHING


def was_asked_recently(request: HttpRequest, user: User) -> bool:
    """Whether the person authenticated recently, with a second factor if they have one."""
    kinds = kinds_by_id(request, user)
    has_factor = set(kinds.values()).intersection(FACTORS)
    proofs = _proofs(request, user, kinds) if has_factor else get_authentication_records(request, user)
    return any(time() - proof["at"] < app_settings.REAUTHENTICATION_TIMEOUT for proof in proofs)


def ask_again(request: HttpRequest, user: User, start: str) -> HttpResponse:
    """Redirect to the page that authenticates again and then leads back. A POST is not repeated but leads to `start`.

    A person with neither a password nor a factor is redirected to the page where they can get a password.
    """
    methods = get_adapter(request).get_reauthentication_methods(user)
    if not methods:
        words = gettext("You have no password yet, and this asks for it. Choose one by a link first.")
        messages.warning(request, words)
        return redirect("account_reset_password")
    page = methods[0]["url"]
    target = request.get_full_path() if request.method == "GET" else start
    return redirect(f"{page}?{urlencode({'next': target})}")


def note_new_factor(request: HttpRequest, user: User) -> None:
    """Count the factor or the recovery codes that the person has just added as used in this session."""
    newest = Authenticator.objects.filter(user=user).latest("pk")
    record_authentication(request, user, "mfa", id=newest.pk, type=newest.type)


def has_factor(request: HttpRequest, user: User) -> bool:
    """Whether this person has a second factor. The request may be somebody else's."""
    return not set(kinds_by_id(request, user).values()).isdisjoint(FACTORS)


def has_app(request: HttpRequest, user: User) -> bool:
    """Whether this person has an app that shows codes. Recovery codes don't count."""
    return Authenticator.Type.TOTP in kinds_by_id(request, user).values()


def factor_exists() -> Exists:
    """Whether a person has a second factor, as a column for a query of people."""
    return Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))


def load_factors(user: User) -> list[tuple[str, datetime, datetime | None]]:
    """All factors and recovery codes of a person, without secrets: kind, creation, last use."""
    rows = Authenticator.objects.filter(user=user).order_by("created_at", "pk")
    return [
        (str(WORDS[kind]), since, used) for kind, since, used in rows.values_list("type", "created_at", "last_used_at")
    ]


def kinds_by_id(request: HttpRequest, user: User) -> dict[int, str]:
    """The person's factors and recovery codes by id. A GET of their own takes them from the session's query."""
    known = known_factors(request, user)
    return known if known is not None else dict(Authenticator.objects.filter(user=user).values_list("pk", "type"))


def _proofs(request: HttpRequest, user: User, kinds: dict[int, str]) -> list[dict[str, Any]]:
    """allauth's records of factors used in this session. Factors that were removed since don't count."""
    records = get_authentication_records(request, user)
    return [record for record in records if record.get("method") == "mfa" and record.get("id") in kinds]
