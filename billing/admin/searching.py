"""What an operator types to find lines about a service or a company."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from billing.models import Subscription
from companies.admin.searching import as_number, load_companies_like

M = TypeVar("M", bound=Model)


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
