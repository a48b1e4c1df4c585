"""Asks for a confirmation, with the figures, if saving the gateway's form would take access from somebody."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import ngettext

from billing.models import WhmcsGateway
from billing.previews.whatif import Effect, Numbers, count_people, load_what_if, numbers_of


class Harm(NamedTuple):
    """Who would lose access, and the numbers for the what-if page."""

    companies: int
    people: int
    query: str


class AsksBeforeLocking(forms.ModelForm[WhmcsGateway]):
    """A mixin for the gateway's form. Numbers that close companies are saved only with a tick beside the figures.

    The tick holds the shown number of companies. If it has grown meanwhile, the form asks again.
    """

    harm: Harm | None = None
    meant_name = "locks_are_meant"

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        harm = _harm(self.instance.pk, self.cleaned_data)
        ticked = self.data.get(self.meant_name, "")
        if harm is not None and not (ticked.isdecimal() and int(ticked) >= harm.companies):
            self.harm = harm
            self.add_error(None, _question(harm))
        return cleaned


def _harm(pk: int | None, cleaned: dict[str, Any]) -> Harm | None:
    """The effect of the cleaned numbers; None if nobody loses access."""
    gateway = WhmcsGateway.objects.filter(pk=pk).first() if pk else None
    if gateway is None:
        return None
    stored = numbers_of(gateway)
    numbers = stored._replace(**{name: cleaned[name] for name in Numbers._fields if cleaned.get(name) is not None})
    if numbers == stored:
        return None
    now = timezone.now()
    found = load_what_if(gateway, numbers, now=now)
    companies = found.count(Effect.LOCKED)
    people = count_people(found, Effect.LOCKED, now=now)
    return Harm(companies, people, urlencode(numbers._asdict())) if companies else None


def _question(harm: Harm) -> str:
    text = ngettext(
        "%(count)s company would lose access by these numbers (people: %(people)s). Nothing was saved yet.",
        "%(count)s companies would lose access by these numbers (people: %(people)s). Nothing was saved yet.",
        harm.companies,
    )
    return text % {"count": harm.companies, "people": harm.people}
