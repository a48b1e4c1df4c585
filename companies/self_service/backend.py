"""What `companies` asks of the billing system about one company, for its owners or for an operator.

Imports go from `billing` to `companies`, so `billing` registers a backend here (dependency inversion).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from companies.models import Company


class CheckState(StrEnum):
    """The state of a payment check."""

    WAITING = "waiting"
    READ = "read"
    FAILED = "failed"


class Check(NamedTuple):
    """The latest payment check of a company. `at` is when it was answered or, while it waits, asked."""

    state: CheckState
    asked_at: datetime
    at: datetime


class Service(NamedTuple):
    """The service that a company depends on: where to pay it, whether its gateway is paused, the latest payment check.

    `next_look` is when it is read next in any case, if known. `order_url` is where a new one is bought, "" if unknown.
    """

    url: str
    is_resting: bool
    check: Check | None = None
    next_look: datetime | None = None
    order_url: str = ""


class BillingBackend(Protocol):
    """Knows what billing says about a company.

    `columns` are the columns that it needs from a query of companies, and `order` puts the service that counts first.
    So a page reads them together with everything else, in one query.
    """

    columns: Sequence[str]
    order: Sequence[Any]

    def read(self, row: Mapping[str, Any]) -> Service | None:
        """The service in a row with these columns, if the company has one."""

    def ask(self, company: Company, *, at: datetime, same_for: timedelta) -> bool:
        """Have the service read soon. False if too much is asked. A question within `same_for` counts as the same."""

    def look_again(self, company: Company) -> None:
        """Have all services of the company read as soon as possible, unless the gateway is paused."""

    def next_look(self, *, at: datetime) -> datetime | None:
        """When new purchases are looked for next; None if nobody looks."""


_backends: list[BillingBackend] = []


def register_backend(backend: BillingBackend) -> None:
    """Ask `backend` from now on."""
    _backends.append(backend)


def columns() -> list[str]:
    """The columns that a query of companies needs for `read_service`, ordered by `order`."""
    return ["source_id", *(column for backend in _backends for column in backend.columns)]


def order() -> list[Any]:
    """The order of such a query."""
    return [by for backend in _backends for by in backend.order]


def read_service(row: Mapping[str, Any]) -> Service | None:
    """The company's service, from the first row of such a query; None if the company has no billing source."""
    if row["source_id"] is None:
        return None
    return next((service for backend in _backends if (service := backend.read(row)) is not None), None)


def load_service(company: Company) -> Service | None:
    """The same for one company (one query)."""
    row = Company.objects.filter(pk=company.pk).values(*columns()).order_by(*order()).first()
    return None if row is None else read_service(row)


def ask(company: Company, *, at: datetime, same_for: timedelta) -> bool:
    """Have the company's service read soon; False if that is not possible now."""
    return any(backend.ask(company, at=at, same_for=same_for) for backend in _backends)


def look_again(company: Company) -> None:
    """Have the company's services read at once, for an operator."""
    for backend in _backends:
        backend.look_again(company)


def next_look(*, at: datetime) -> datetime | None:
    """When new purchases are looked for next, never before `at`; None if nobody looks."""
    looks = [look for backend in _backends if (look := backend.next_look(at=at)) is not None]
    return max(min(looks), at) if looks else None
