"""What the buttons of the coverage page send. Names are chosen by number: a form would not carry each character."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.coverage.matrix import Line
from companies.forms.choices import offer
from plans.differences import show
from plans.models import Plan


class NameForm(forms.Form):
    """One of the names by which a plan is found for a line, and a plan. Both come out as what they stand for.

    `plans` are all plans (name -> id), `nearest` is the one that is chosen at first.
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
            raise forms.ValidationError(_("This plan is not there any more."))
        return plan


class CreateForm(NameForm):
    """A new plan with the limits of another one."""

    plan_label = _("With the limits of")


class RenameForm(NameForm):
    """A new name for a plan; `is_meant` says that whoever sent it has seen who would not find it any more."""

    plan_label = _("Rename the plan")
    is_meant = forms.BooleanField(required=False, widget=forms.HiddenInput)
