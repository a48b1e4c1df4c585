"""Adding a second factor, showing it at sign-in and once more before it is changed."""

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret, validate_totp_code
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse

from companies.forms.accounts import PlainForm
from companies.models import User
from companies.sealing import KeyLost, seal, unseal

PENDING_SECRET = "two_factor_pending"  # noqa: S105 - a name, not a secret
NAME_LENGTH = 60
ALONE = "alone"  # in a passkey's data: whether its owner wants to sign in with it alone
REFUSED = _("This passkey was not accepted. Try it once more, or choose another way.")
# allauth raises whatever its reading of a stranger's JSON runs into.
READING_ERRORS = (ValueError, TypeError, AttributeError, LookupError)


def code_field(label: Any) -> forms.CharField:
    """A field for a code that changes: phones offer it by themselves."""
    widget = forms.TextInput(
        attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "spellcheck": "false"}
    )
    return forms.CharField(label=label, max_length=20, widget=widget)


def ensure_unused(user: User, code: str) -> None:
    """Refuse an app's code that was taken before, for as long as its number could still be right."""
    lifetime = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    digits = "".join(character for character in code if character.isalnum())
    if not cache.add(f"two-factor-code:{user.pk}:{digits}", 1, timeout=lifetime):
        raise get_adapter().validation_error("incorrect_code")


class ActivateForm(PlainForm):
    """Proves that the app knows the secret. Until then the session keeps it, sealed."""

    code = code_field(_("Code from the app"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.secret = _pending_secret()

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        forget_failures = check_rate_limit(self.user, error_key="rate_limited")
        if not validate_totp_code(self.secret, code):
            raise get_adapter().validation_error("incorrect_code")
        ensure_unused(self.user, code)
        forget_failures()
        return code


class _OnceOnly(BaseAuthenticateForm):  # type: ignore[misc]
    """A code from the app, which works once, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["code"] = code_field(_("Code"))

    def clean_code(self) -> str:
        code = str(super().clean_code())
        if self.authenticator.type == Authenticator.Type.TOTP:
            ensure_unused(self.user, code)
        return code


class CodeForm(_OnceOnly, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class CodeAgainForm(_OnceOnly, ReauthenticateForm):  # type: ignore[misc]
    """The same for somebody who is signed in."""


class PasswordAgainForm(PlainForm):
    """The password once more, for somebody who has no second factor yet."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not get_account_adapter().reauthenticate(self.user, password):
            raise ValidationError(_("This is not your current password."))
        return password


class AddPasskeyForm(passkey_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A passkey with a name. One that may open the door alone asks for a fingerprint, a face or a PIN each time."""

    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without my password"),
        required=False,
        initial=True,
        help_text=_(
            "It then asks for your fingerprint, your face or a PIN. Switch this off for a simple security key that is "
            "used after the password."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["name"].label = _("Name of the passkey")
        self.fields["name"].max_length = NAME_LENGTH
        self.fields["name"].help_text = _("So that you know which one it is, such as the device it is on.")
        self.fields["name"].widget = forms.TextInput(attrs={"maxlength": NAME_LENGTH, "autocomplete": "off"})

    def clean_name(self) -> str:
        """Cut, not refused: the device has stored the passkey already."""
        return str(super().clean_name())[:NAME_LENGTH]

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except READING_ERRORS:
            raise ValidationError(REFUSED) from None


class RenamePasskeyForm(passkey_forms.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        widget = forms.TextInput(attrs={"maxlength": NAME_LENGTH, "autocomplete": "off"})
        self.fields["name"] = forms.CharField(label=_("Name of the passkey"), max_length=NAME_LENGTH, widget=widget)


class _NothingOddInside(passkey_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """What a browser says about a passkey, filled in by `passkeys.js`, or what a stranger says instead."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except READING_ERRORS:
            raise ValidationError(REFUSED) from None


class PasskeyForm(_NothingOddInside):
    """A passkey as the second step of signing in."""


class PasskeyAgainForm(_NothingOddInside):
    """The same for somebody who is signed in."""

    reauthenticated = True


class PasskeyLoginForm(_NothingOddInside, passkey_forms.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey that opens the door alone: if its owner said so, and only after a fingerprint, a face or a PIN.

    allauth leaves the latter to the question, which may be one that was asked for a second step.
    """

    def clean_credential(self) -> Authenticator:
        authenticator = super().clean_credential()
        answer = AuthenticationResponse.from_dict(self.cleaned_data["credential"])
        if not (authenticator.data.get(ALONE) and answer.response.authenticator_data.is_user_verified()):
            raise ValidationError(REFUSED)
        return authenticator


def forget_pending_secret() -> None:
    """The app's secret is stored with the person now."""
    context.request.session.pop(PENDING_SECRET, None)


def _pending_secret() -> str:
    """The secret that this session offers to the app: the same one until it is confirmed."""
    session = context.request.session
    try:
        return unseal(session[PENDING_SECRET])
    except (KeyError, KeyLost):
        secret = str(generate_totp_secret())
        session[PENDING_SECRET] = seal(secret)
        return secret
