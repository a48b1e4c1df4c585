"""Forms to add people and to change their roles."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.forms.accounts import PlainForm, email_field, new_password_field, refuse_weak
from companies.forms.addresses import clean_address
from companies.forms.choices import offer
from companies.models import Membership, Role, User

ROLES = {
    Role.OWNER: _("may do everything, also make and remove owners."),
    Role.ADMIN: _("adds and removes people and changes roles, but not those of owners."),
    Role.MEMBER: _("works here and sees the team, but changes nothing in it."),
}


class RoleForm(forms.Form):
    """Changes somebody's role."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class AddPersonForm(PlainForm):
    """Adds somebody to the team. Only owners may make owners."""

    name = forms.CharField(label=_("Name"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = email_field(autocomplete="off")
    role = forms.ChoiceField(label=_("Role"), initial=Role.MEMBER, widget=forms.RadioSelect)
    password = new_password_field(_("First password (optional)"), required=False)

    def __init__(self, *args: Any, acting: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = _("Leave it empty to invite by link: they choose their own password.")
        is_owner = acting.role == Role.OWNER
        offer(self, "role", [(role.value, _described(role)) for role in ROLES if is_owner or role != Role.OWNER])

    def clean_email(self) -> str:
        return clean_address(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password"):
            person = User(email=data.get("email", ""), name=data.get("name", ""))
            refuse_weak(self, "password", data["password"], person)
        return data

    def success_message(self) -> str:
        """A message that does not reveal whether the address already belongs to somebody."""
        email = self.cleaned_data["email"]
        if not self.cleaned_data["password"]:
            return invited_sentence() % {"email": email}
        return gettext(
            "%(email)s is in the list. They sign in with their e-mail address and this first password; "
            "somebody who has been here before keeps their own and is asked to join."
        ) % {"email": email}


def invited_sentence() -> str:
    """Says that somebody was invited by a link, and who sends it."""
    if settings.MAIL_IS_CONFIGURED:
        return gettext("%(email)s is invited and gets a mail. The link is here, too.")
    return gettext("%(email)s is invited. Copy the link and send it yourself.")


def _described(role: Role) -> str:
    """The name of a role, and what it may do."""
    return format_html("<strong>{}</strong>: {}", role.label, ROLES[role])
