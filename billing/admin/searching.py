"""Filters and searches of pages about services and companies, by the query string."""

from collections.abc import Container
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import QueryDict

from billing.models import Subscription
from companies.admin.lists.searching import as_number, load_companies_like

M = TypeVar("M", bound=Model)


def choice_of(address: QueryDict, name: str, choices: Container[str]) -> str:
    """The one of `choices` that the query string has under `name`; "" if none."""
    chosen = address.get(name, "")
    return chosen if chosen in choices else ""


def term_of(address: QueryDict) -> str:
    """The search term."""
    return address.get("q", "").strip()


def query_of(**chosen: str) -> str:
    """The query string that keeps filter and search term."""
    return urlencode({name: value for name, value in chosen.items() if value})


def load_companies_of(term: str) -> list[int]:
    """The ids of the companies of the service with this id, or of matching companies."""
    number = as_number(term)
    if number is None:
        return load_companies_like(term)
    known = Subscription.objects.filter(service_id=number, company__isnull=False)
    return list(known.values_list("company_id", flat=True))


def rows_about(rows: QuerySet[M], term: str, companies: list[int] | None = None) -> QuerySet[M]:
    """The `rows` (with a `service_id` and a `company`) about the service with this id, or about matching companies.

    Indexes know the rows only by their services, so the services of the companies are searched as well. Pass
    `companies` if they are loaded already (`load_companies_of`).
    """
    number = as_number(term)
    if number is not None:
        return rows.filter(service_id=number)
    if not term:
        return rows
    companies = load_companies_like(term) if companies is None else companies
    services = Subscription.objects.filter(company__in=companies).values_list("service_id", flat=True)
    return rows.filter(service_id__in=list(services), company__in=companies)
