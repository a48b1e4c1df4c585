"""Offers a sent form again, after the server was too busy to process it."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from companies.forms.accounts import PlainForm, current_password_field, email_field, new_password_field

# An allow-list, because any other field may hold a secret.
HIDDEN = ("next", "name", "email", "role")


class AgainForm(PlainForm):
    """The same fields as were sent, to be sent to the same address. This form itself is never validated.

    Passwords must be typed again, because no page may ever contain one.
    """

    def __init__(self, sent: QueryDict) -> None:
        super().__init__(initial={name: sent[name] for name in ("login", *HIDDEN) if name in sent})
        visible = {
            "login": email_field(autocomplete="username"),
            "oldpassword": current_password_field(_("Current password")),
            "password": current_password_field(_("Password")),
            "password1": new_password_field(_("New password")),
            "password2": new_password_field(_("New password, once more")),
        }
        self.fields.update({name: field for name, field in visible.items() if name in sent})
        hidden = {name: forms.CharField(widget=forms.HiddenInput) for name in HIDDEN if name in sent}
        self.fields.update(hidden)
