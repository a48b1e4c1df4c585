"""A superuser's forms: change a person's role, add an operator.

Roles are changed through `companies.authorization.roles`.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from companies.authorization.roles import BY_GROUP, OperatorRole, ensure_role_is_possible, own_groups, role_of
from companies.errors import CompanyError
from companies.forms.accounts import email_field
from companies.forms.addresses import clean_address
from companies.forms.choices import offer
from companies.models import User

ROLE = _("Role")
WHAT_ROLES_MAY = _(
    "A viewer sees everything but secrets, the audit log and the settings. Support also keeps companies open, locks "
    "them and makes set-password links. A gateway manager also changes gateways and plans, and approves or rejects. A "
    "superuser may do everything."
)


class RoleForm(forms.ModelForm[User]):
    """A person's page for superusers, who may give everybody a role or take it away."""

    role = forms.ChoiceField(label=ROLE, choices=OperatorRole.choices, help_text=WHAT_ROLES_MAY)

    class Meta:
        model = User
        fields = ("name", "is_active", "groups")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["role"] = role_of(self.instance).value
        groups = self.fields.get("groups")
        if isinstance(groups, forms.ModelMultipleChoiceField):
            groups.queryset, groups.label = own_groups(), _("groups of your own")
        else:
            offer(self, "role", [(r.value, r.label) for r in OperatorRole if r is not OperatorRole.OWN_GROUPS])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        role = OperatorRole(self.cleaned_data.get("role", OperatorRole.NOBODY))
        try:
            ensure_role_is_possible(self.instance, role, is_active=bool(self.cleaned_data.get("is_active")))
        except CompanyError as error:
            raise ValidationError(str(error)) from error
        return cleaned


class AddOperatorForm(forms.ModelForm[User]):
    """Adds a new person as an operator."""

    email = email_field()
    role = forms.ChoiceField(
        label=ROLE, choices=OperatorRole.choices, initial=OperatorRole.VIEWER, help_text=WHAT_ROLES_MAY
    )
    by_mail = forms.BooleanField(label=_("Send the set-password link by mail, too"), required=False)

    class Meta:
        model = User
        fields = ("email", "name")
        help_texts = {"name": _("Lists and the log of changes use it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "role", [(r.value, r.label) for r in (*BY_GROUP, OperatorRole.SUPERUSER)])
        self.fields["name"].required = True
        self.fields["by_mail"].disabled = not settings.MAIL_IS_CONFIGURED
        if not settings.MAIL_IS_CONFIGURED:
            self.fields["by_mail"].help_text = _("No mail is set up here. The next page shows the link to copy.")
        self.fields["email"].error_messages["unique"] = _(
            "Somebody with this address is here already. To make them an operator, open their own page."
        )

    def clean_email(self) -> str:
        """Report an invalid address once. Otherwise the model and its field would each report it."""
        return clean_address(self.cleaned_data["email"])
