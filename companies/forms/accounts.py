"""Forms to sign in and to choose a password."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from companies.authentication.adapters import canonical_or_typed
from companies.mail.outbox import queue_password_reset
from companies.models import User

KNOWN_TO_SHOP = _("The shop knows this password. Choose one that only you know.")
KNOWN_TO_WHO_ADDED = _("Whoever added you knows this password. Choose one that only you know.")


def email_field(**attributes: object) -> forms.CharField:
    """A field for an address. Not Django's EmailField: `companies.people.emails` alone decides what an address is."""
    return forms.CharField(label=_("E-mail address"), max_length=320, widget=forms.EmailInput(attrs=attributes))


def new_password_field(label: Any, *, required: bool = True) -> forms.CharField:
    """A field for a new password."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, strip=False, required=required, widget=widget)


def current_password_field(label: Any, **attributes: object) -> forms.CharField:
    """A field for the current password."""
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password", **attributes})
    return forms.CharField(label=label, strip=False, widget=widget)


class HouseForm(forms.BaseForm):
    """The base of our forms: labels without a colon, and autofocus on the first field that has to be typed again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        seen = {name: one for name, one in self.fields.items() if not one.widget.is_hidden}
        # A password field always comes back empty, so it has to be typed again, whatever was wrong.
        anew = [name for name, one in seen.items() if name in self.errors or (one.required and _is_password(one))]
        for name, one in seen.items():
            one.widget.attrs["autofocus"] = name == next(iter(anew or seen))


def _is_password(field: forms.Field) -> bool:
    return isinstance(field.widget, forms.PasswordInput)


class PlainForm(HouseForm, forms.Form):
    """The base of most of our forms."""


class LoginForm(HouseForm, allauth_forms.LoginForm):
    """E-mail address in any spelling, password exactly as typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {
            "login": email_field(autocomplete="username", autofocus=True),
            "password": current_password_field(_("Password")),
        }

    def clean_login(self) -> str:
        return canonical_or_typed(self.cleaned_data["login"])


class ResetPasswordForm(PlainForm):
    """Requests a password-reset link. Behaves the same for known and unknown addresses."""

    email = email_field(autocomplete="username", autofocus=True)

    def clean_email(self) -> str:
        return canonical_or_typed(self.cleaned_data["email"])

    def save(self, request: HttpRequest) -> str:
        """Queue the mail in the outbox, so that no mail server's error or speed reveals who is known here."""
        email = str(self.cleaned_data["email"])
        queue_password_reset(User.objects.filter(email=email, is_active=True).first())
        return email


def refuse_weak(form: forms.BaseForm, field: str, password: str, person: User) -> None:
    """Add an error to `field` if the password is too weak for this person."""
    try:
        password_validation.validate_password(password, person)
    except ValidationError as error:
        form.add_error(field, error)


def is_known_password(user: User, password: str) -> bool:
    """Whether it is the current password and somebody else knows that one (the shop's, in any of its readings).

    Does not use `user.check_password`, which may save the user, and so invalidate the link that they came with.
    """
    return user.password_is_known and check_password(password, user.password)


class NewPasswordForm(PlainForm):
    """Choose a password for `user`, typed twice."""

    password1 = new_password_field(_("New password"))
    password2 = new_password_field(_("New password, once more"))

    def __init__(self, *args: Any, user: User, temp_key: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password1"].help_text = password_validation.password_validators_help_text_html()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        elif first and is_known_password(self.user, first):
            self.add_error("password1", KNOWN_TO_SHOP if self.user.password_is_from_shop else KNOWN_TO_WHO_ADDED)
        elif first:
            refuse_weak(self, "password1", first, self.user)
        return data

    def save(self) -> None:
        """Store the password. The person chose it, so it is no longer the shop's."""
        allauth_forms.get_adapter().set_password(self.user, self.cleaned_data["password1"])


class ChangePasswordForm(NewPasswordForm):
    """The same for a signed-in person, who must know the current password."""

    oldpassword = current_password_field(_("Current password"), autofocus=True)
    field_order = ["oldpassword", "password1", "password2"]

    def clean_oldpassword(self) -> str:
        password = str(self.cleaned_data["oldpassword"])
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your current password."))
        return password


class JoinForm(NewPasswordForm):
    """A newcomer's name and password."""

    name = forms.CharField(label=_("Your name"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ["name", "password1", "password2"]
