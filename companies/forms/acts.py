"""The forms for acts of an operator: a reason and, for some acts, a date or a person."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.forms.addresses import clean_address


class ReasonForm(forms.Form):
    """A reason, for the company's story."""

    reason = forms.CharField(label=_("Reason"), max_length=255, widget=forms.TextInput(attrs={"size": 60}))


class HoldForm(ReasonForm):
    """A reason, and the last day."""

    # The browser's date field only understands ISO dates, whatever the reader's language.
    until = forms.DateField(
        label=_("Keep open until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    field_order = ["until", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].widget.attrs["min"] = timezone.localdate().isoformat()

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < timezone.localdate():
            raise ValidationError(_("This day has passed already."))
        return until


class OwnerForm(ReasonForm):
    """A reason, and the address of the owner."""

    email = forms.CharField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"size": 60}))
    field_order = ["email", "reason"]

    def clean_email(self) -> str:
        return clean_address(self.cleaned_data["email"])
