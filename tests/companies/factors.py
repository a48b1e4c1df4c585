"""Second factors for tests: an app that knows its secret, and people who have one."""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from companies.models import Installation, User
from tests.companies.factories import PASSWORD, make_person, type_password

SECOND_STEP = "/accounts/login/second-step/"
OVERVIEW = "/accounts/two-factor/"
TOO_MANY = "Too many failed attempts at the second step."  # and nothing of a password, which was right


def code_now(secret: str, *, steps: int = 0) -> str:
    """What an app shows now, or some half minutes later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def give_app(user: User) -> str:
    """Set an app up for somebody, with recovery codes as the page makes them; returns the app's secret."""
    secret = str(generate_totp_secret())
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def recovery_codes(user: User) -> list[str]:
    return list(Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes())


def make_operator(email: str = "op@example.com", **fields: Any) -> User:
    return make_person(email, is_staff=True, is_superuser=True, **fields)


def enforce(*, is_on: bool = True) -> None:
    Installation.objects.update_or_create(pk=1, defaults={"operators_need_second_factor": is_on})


def sign_in_with_code(client: Client, email: str, code: str) -> Any:
    """The two steps, as a person does them."""
    type_password(client, email, PASSWORD)
    return client.post(SECOND_STEP, {"code": code})
