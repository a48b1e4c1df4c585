"""Forms for passkeys. Their input comes from a browser, or from an attacker."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse

from companies.forms.accounts import HouseForm
from companies.forms.factors import about_second_step

NAME_LENGTH = 60
ALONE = "alone"  # in a passkey's data: whether its owner wants to sign in with it alone
REFUSED = _("This passkey was not accepted. Try it once more, or choose another way.")
# allauth does not catch these when it parses malformed JSON.
READING_ERRORS = (ValueError, TypeError, AttributeError, LookupError)


@contextmanager
def _refused_as_passkey() -> Iterator[None]:
    """Report an unreadable or wrong passkey as such. allauth would report it as a wrong code."""
    try:
        yield
    except READING_ERRORS:
        raise ValidationError(REFUSED) from None
    except ValidationError as error:
        if error.code == "incorrect_code":
            raise ValidationError(REFUSED) from None
        raise about_second_step(error) from None


class AddPasskeyForm(HouseForm, passkey_forms.AddWebAuthnForm):
    """Adds a passkey with a name. A passwordless one requires a fingerprint, a face or a PIN each time."""

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
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")
        self.fields["name"].help_text = _("So that you know which one it is, such as the device it is on.")
        self.fields["name"].widget = forms.TextInput(attrs={"maxlength": NAME_LENGTH, "autocomplete": "off"})

    def clean_name(self) -> str:
        """Cut a long name instead of refusing it, because the device has already stored the passkey."""
        return str(super().clean_name())[:NAME_LENGTH]

    def clean(self) -> dict[str, Any]:
        with _refused_as_passkey():
            return super().clean() or {}


class RenamePasskeyForm(HouseForm, passkey_forms.EditWebAuthnForm):
    """Renames a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = forms.TextInput(attrs={"maxlength": NAME_LENGTH, "autocomplete": "off"})
        self.fields["name"] = forms.CharField(label=_("Name of the passkey"), max_length=NAME_LENGTH, widget=widget)


class _CheckedPasskeyForm(passkey_forms.AuthenticateWebAuthnForm):
    """The browser's answer about a passkey, filled in by `passkeys.js`, or an attacker's input."""

    def clean_credential(self) -> Authenticator:
        with _refused_as_passkey():
            return super().clean_credential()


class PasskeyForm(_CheckedPasskeyForm):
    """A passkey as the second step of signing in."""


class PasskeyAgainForm(_CheckedPasskeyForm):
    """The same for somebody who is signed in."""

    reauthenticated = True


class PasskeyLoginForm(_CheckedPasskeyForm, passkey_forms.LoginWebAuthnForm):
    """Sign-in with a passkey alone: only if its owner allowed it, and only with a fingerprint, a face or a PIN.

    allauth does not check the latter: the challenge may have been made for a second step, which does not require it.
    """

    def clean_credential(self) -> Authenticator:
        authenticator = super().clean_credential()
        answer = AuthenticationResponse.from_dict(self.cleaned_data["credential"])
        if not (authenticator.data.get(ALONE) and answer.response.authenticator_data.is_user_verified()):
            raise ValidationError(REFUSED)
        return authenticator
