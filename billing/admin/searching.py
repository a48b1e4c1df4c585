"""What an operator chooses and types to find lines about a service or a company, as the address carries it."""

from collections.abc import Container
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import QueryDict

from billing.models import Subscription
from companies.admin.lists.searching import as_number, load_companies_like

M = TypeVar("M", bound=Model)


def choice_of(address: QueryDict, name: str, choices: Container[str]) -> str:
    """Which of `choices` the address has under `name`; empty where it has none of them."""
    chosen = address.get(name, "")
    return chosen if chosen in choices else ""


def term_of(address: QueryDict) -> str:
    """What was typed."""
    return address.get("q", "").strip()


def query_of(**chosen: str) -> str:
    """The part of an address that keeps what was chosen and typed."""
    return urlencode({name: value for name, value in chosen.items() if value})


def load_companies_of(term: str) -> list[int]:
    """The keys of the companies of the service with this id, or of companies like this."""
    number = as_number(term)
    if number is None:
        return load_companies_like(term)
    known = Subscription.objects.filter(service_id=number, company__isnull=False)
    return list(known.values_list("company_id", flat=True))


def rows_about(rows: QuerySet[M], term: str, companies: list[int] | None = None) -> QuerySet[M]:
    """Those of `rows` (with a `service_id` and a `company`) about the service with this id, or companies like this.

    Indexes know the lines by their services only, so those of the companies are asked for as well; `companies` are
    they, where they are known (`load_companies_of`).
    """
    number = as_number(term)
    if number is not None:
        return rows.filter(service_id=number)
    if not term:
        return rows
    companies = load_companies_like(term) if companies is None else companies
    services = Subscription.objects.filter(company__in=companies).values_list("service_id", flat=True)
    return rows.filter(service_id__in=list(services), company__in=companies)
