"""What an operator types to find lines about a service or a company."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from companies.admin.searching import as_number, load_companies_like

M = TypeVar("M", bound=Model)


def about(rows: "QuerySet[M]", term: str) -> "QuerySet[M]":
    """Those of `rows` (with a `service_id` and a `company`) about the service with this id, or companies like this."""
    number = as_number(term)
    if number is not None:
        return rows.filter(service_id=number)
    return rows.filter(company__in=load_companies_like(term)) if term else rows
