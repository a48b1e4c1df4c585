"""The form of a plan. Keeps the name exactly, and asks before a rename breaks services that rely on it."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from plans.models import LIMITS, Plan
from plans.reliance import load_relying


class PlanForm(forms.ModelForm[Plan]):
    """Keeps a name character by character, because an entry in WHMCS may end with a space, and names must be equal.

    A new name under which some would not find the plan any more is asked for once: the form comes back with who they
    are, and with a box to tick.
    """

    name = forms.CharField(
        label=capfirst(_("name")), max_length=255, strip=False, help_text=Plan._meta.get_field("name").help_text
    )
    rename_is_meant = forms.BooleanField(
        label=_("Rename it all the same"), required=False, widget=forms.HiddenInput, initial=""
    )

    class Meta:
        model = Plan
        fields = ["name", *LIMITS]
        help_texts = {
            "connections": _("Customers read it on their overview. Ticketz does not count connections."),
            "queues": _("Customers read it on their overview. Ticketz does not count queues."),
            "price": _("To tell plans apart here. What customers pay stands in WHMCS."),
            "currency": _("Three letters, such as USD, EUR or BRL."),
            "recurrence": _("To tell plans apart here. WHMCS writes the invoices."),
            "is_public": _("A note for yourself. Nothing here depends on it, and WHMCS decides what can be bought."),
        }

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        name = self.cleaned_data.get("name")
        if name and self.instance.pk and "name" in self.changed_data and not self.cleaned_data.get("rename_is_meant"):
            self._ask(load_relying(self.instance, name))
        return cleaned

    def _ask(self, relying: list[str]) -> None:
        if not relying:
            return
        self.fields["rename_is_meant"].widget = forms.CheckboxInput()
        consequence = _(
            "After the rename they find no plan: new purchases wait, and companies that exist keep this plan. Rename "
            "the entry in WHMCS too, or first."
        )
        self.add_error("rename_is_meant", [*relying, str(consequence)])
