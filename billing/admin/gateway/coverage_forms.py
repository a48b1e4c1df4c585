"""The forms of the coverage page. Names are chosen by number, because a form does not keep every character."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.coverage.matrix import Line
from companies.forms.choices import offer
from plans.differences import show
from plans.models import Plan


class NameForm(forms.Form):
    """A choice of a plan, and of a name with which the line finds it. Cleaned data holds the name and the plan's id.

    `plans` maps names to ids; `nearest` is the initial choice.
    """

    plan_label: ClassVar[Any]
    key = forms.CharField(widget=forms.HiddenInput)
    name = forms.TypedChoiceField(label=_("Name"), coerce=int)
    plan = forms.TypedChoiceField(coerce=int)

    def __init__(self, data: Any = None, *, line: Line, plans: Mapping[str, int], nearest: int | None = None) -> None:
        chosen = {"key": line.key, "name": 0, "plan": nearest}
        super().__init__(data, initial=chosen, auto_id=f"{type(self).__name__.lower()}-{line.key}-%s")
        self.names = line.names
        offer(self, "name", [(number, show(name)) for number, name in enumerate(self.names)])
        offer(self, "plan", [(pk, show(name)) for name, pk in sorted(plans.items())])
        self.fields["plan"].label = self.plan_label
        if len(self.names) == 1:
            self.fields["name"].widget = forms.HiddenInput()

    def clean_name(self) -> str:
        return self.names[int(self.cleaned_data["name"])]

    def clean_plan(self) -> Plan:
        plan = Plan.objects.filter(pk=self.cleaned_data["plan"]).first()
        if plan is None:
            raise forms.ValidationError(_("This plan no longer exists."))
        return plan


class CreateForm(NameForm):
    """Creates a plan with the limits of another one."""

    plan_label = _("With the limits of")


class RenameForm(NameForm):
    """Renames a plan. `is_meant` confirms that the operator has seen who would no longer find it."""

    plan_label = _("Rename the plan")
    is_meant = forms.BooleanField(required=False, widget=forms.HiddenInput)
