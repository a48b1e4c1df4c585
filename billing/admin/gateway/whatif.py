"""The what-if page of a gateway: who would be closed or opened by other numbers. It writes nothing."""

from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from billing.admin.gateway.pages import GatewayPages
from billing.models import WhmcsGateway
from billing.previews.whatif import Effect, Numbers, count_people, load_what_if, numbers_of, then
from companies.admin.lists.paging import PER_PAGE, BoundedPaginator
from companies.models import Company
from companies.standings.facts import access_of
from companies.standings.groups import companies_of
from companies.wording.verdicts import operator_sentence

TITLES = {
    Effect.LOCKED: pgettext_lazy("what if", "would lose access"),
    Effect.OPENED: pgettext_lazy("what if", "would get access back"),
    Effect.MOVED: pgettext_lazy("what if", "stay open until another day"),
}


def number_field(name: str) -> forms.Field:
    """The field of the gateway's form for one of the numbers, with its name and limits."""
    column: Any = WhmcsGateway._meta.get_field(name)
    field: forms.Field = column.formfield(validators=column.validators)
    return field


class NumbersForm(forms.Form):
    """The numbers to try."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update({name: number_field(name) for name in Numbers._fields})


class Row(NamedTuple):
    """One company, with its access now and with the other numbers."""

    company: Company
    now: str
    then: str


class WhatIfPage(GatewayPages):
    """The page, with the numbers to try."""

    def urls(self) -> list[URLPattern]:
        return [self._route("what-if/", self.what_if, "what_if")]

    def what_if(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who would be closed or opened, a page at a time. Without numbers, the form shows the current ones."""
        gateway = self._looked_at(request, pk)
        current = numbers_of(gateway)._asdict()
        form = NumbersForm({**current, **request.GET.dict()})
        context: dict[str, Any] = {"form": form}
        if form.is_valid():
            numbers = Numbers(**form.cleaned_data)
            context |= {"changed": numbers._asdict() != current, **_show(request, gateway, numbers)}
        return self._page(request, gateway, "what_if", _("What if?"), context)


def _show(request: HttpRequest, gateway: WhmcsGateway, numbers: Numbers) -> dict[str, Any]:
    now = timezone.now()
    found = load_what_if(gateway, numbers, now=now)
    chosen = request.GET.get("effect", "")
    effect = Effect(chosen) if chosen in set(Effect) else next((e for e in Effect if found.groups[e]), Effect.LOCKED)
    asked = "&".join(f"{name}={number}" for name, number in numbers._asdict().items())
    rows = companies_of(found.groups[effect], Company.objects.select_related("source")).order_by("pk")
    page = BoundedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "found": found,
        "people": count_people(found, Effect.LOCKED, now=now),
        "later": found.count(Effect.LOCKED) - found.at_once,
        "tiles": [(f"{asked}&effect={e}", found.count(e), title, e is effect) for e, title in TITLES.items()],
        "heading": TITLES[effect],
        "page": page,
        "rows": [_row(company, numbers) for company in page.object_list],
        "query": f"{asked}&effect={effect}",
    }


def _row(company: Company, numbers: Numbers) -> Row:
    now = timezone.now()
    after = then(company, numbers, now=now)
    return Row(company, operator_sentence(access_of(company, now=now)), operator_sentence(after))
