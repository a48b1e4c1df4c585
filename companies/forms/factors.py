"""Forms for codes: to set up an app, to sign in, and to confirm before a change."""

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret, validate_totp_code
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from companies.database.encryption import KeyLost, seal, unseal
from companies.forms.accounts import HouseForm, PlainForm, current_password_field
from companies.models import User

TOTP = Authenticator.Type.TOTP
NO_RECOVERY_CODE = _("This is not one of your recovery codes, or it was used already. Type another one.")
PENDING_SECRET = "two_factor_pending"  # noqa: S105 - a name, not a secret


def code_field(label: Any) -> forms.CharField:
    """A field for a one-time code. Phones can fill it in by themselves."""
    widget = forms.TextInput(
        attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "spellcheck": "false"}
    )
    return forms.CharField(label=label, max_length=20, widget=widget)


def ensure_unused(user: User, code: str) -> None:
    """Refuse a code that was used before, as long as it would still be valid (protection against replay)."""
    lifetime = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    digits = "".join(character for character in code if character.isalnum())
    if not cache.add(f"two-factor-code:{user.pk}:{digits}", 1, timeout=lifetime):
        raise get_adapter().validation_error("incorrect_code")


def about_second_step(error: ValidationError) -> ValidationError:
    """The error for people. allauth reports too many failures as those of a password, which was right."""
    is_too_many = error.code == "too_many_login_attempts"
    return get_account_adapter().validation_error("too_many_codes") if is_too_many else error


class ActivateForm(PlainForm):
    """Proves that the app knows the secret. Until then the secret is kept encrypted in the session."""

    code = code_field(_("Code from the app"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.secret = _pending_secret()

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        forget_failures = check_rate_limit(self.user, error_key="too_many_codes")
        if not validate_totp_code(self.secret, code):
            raise get_adapter().validation_error("incorrect_code")
        ensure_unused(self.user, code)
        forget_failures()
        return code


class _OnceOnly(HouseForm, BaseAuthenticateForm):
    """A code from the app, which works once, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(_("Code"))

    def clean_code(self) -> str:
        try:
            code = str(super().clean_code())
        except ValidationError as error:
            if error.code == "incorrect_code" and not get_adapter().is_mfa_enabled(self.user, [TOTP]):
                raise ValidationError(NO_RECOVERY_CODE) from None
            raise about_second_step(error) from None
        if self.authenticator.type == TOTP:
            ensure_unused(self.user, code)
        return code


class CodeForm(_OnceOnly, AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(_OnceOnly, ReauthenticateForm):
    """The same for somebody who is signed in."""


class PasswordAgainForm(PlainForm):
    """Confirms the password, for somebody who has no second factor yet."""

    password = current_password_field(_("Password"), autofocus=True)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not get_account_adapter().reauthenticate(self.user, password):
            raise ValidationError(_("This is not your current password."))
        return password


def forget_pending_secret() -> None:
    """Remove the secret from the session, once it is stored with the person."""
    context.request.session.pop(PENDING_SECRET, None)


def _pending_secret() -> str:
    """The secret that this session offers to the app. It stays the same until it is confirmed."""
    session = context.request.session
    try:
        return unseal(session[PENDING_SECRET])
    except (KeyError, KeyLost):
        secret = str(generate_totp_secret())
        session[PENDING_SECRET] = seal(secret)
        return secret
