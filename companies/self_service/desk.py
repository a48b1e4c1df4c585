"""What is asked of billing for one company, by its owners or when an operator lets billing decide again.

The layer above answers; nothing here knows who that is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from companies.models import Company


class CheckState(StrEnum):
    """How far a question is: whether somebody has paid."""

    WAITING = "waiting"
    READ = "read"
    FAILED = "failed"


class Check(NamedTuple):
    """The latest question about a company. `at` is when it was asked, or answered where it no longer waits."""

    state: CheckState
    asked_at: datetime
    at: datetime


class Service(NamedTuple):
    """What a company lives by: its page where customers pay, whether nobody reads it at present, the latest question.

    `next_look` is when it is read next without a question, where that is known; `order_url` is where one is bought,
    empty where that is not known.
    """

    url: str
    is_resting: bool
    check: Check | None = None
    next_look: datetime | None = None
    order_url: str = ""


class Desk(Protocol):
    """Who knows what billing says.

    `columns` are what it reads of a company, by the names that a query of companies has for them, and `order` puts the
    service that counts first. So what it knows comes with whatever else a page reads, in one query.
    """

    columns: Sequence[str]
    order: Sequence[Any]

    def read(self, row: Mapping[str, Any]) -> Service | None:
        """The service in a row with these columns, if the company lives by one."""

    def ask(self, company: Company, *, at: datetime, same_for: timedelta) -> bool:
        """Have the service read soon. False where too much is being asked; one asked within `same_for` is the same."""

    def look_again(self, company: Company) -> None:
        """Have all that the company lives by read as soon as possible, where it is read at all."""

    def next_look(self, *, at: datetime) -> datetime | None:
        """When new purchases are looked for next; None if nobody looks."""


_desks: list[Desk] = []


def register_desk(desk: Desk) -> None:
    """Have `desk` asked from now on."""
    _desks.append(desk)


def columns() -> list[str]:
    """What a query of companies has to read for `read_service`, ordered by `order`."""
    return ["source_id", *(column for desk in _desks for column in desk.columns)]


def order() -> list[Any]:
    """How such a query has to be ordered."""
    return [by for desk in _desks for by in desk.order]


def read_service(row: Mapping[str, Any]) -> Service | None:
    """What a company lives by, from the first row of such a query; None where billing has no part in it."""
    if row["source_id"] is None:
        return None
    return next((service for desk in _desks if (service := desk.read(row)) is not None), None)


def load_service(company: Company) -> Service | None:
    """The same for one company (one query)."""
    row = Company.objects.filter(pk=company.pk).values(*columns()).order_by(*order()).first()
    return None if row is None else read_service(row)


def ask(company: Company, *, at: datetime, same_for: timedelta) -> bool:
    """Have what the company lives by read soon; False where that is not possible just now."""
    return any(desk.ask(company, at=at, same_for=same_for) for desk in _desks)


def look_again(company: Company) -> None:
    """Have what the company lives by read at once, for an operator."""
    for desk in _desks:
        desk.look_again(company)


def next_look(*, at: datetime) -> datetime | None:
    """When new purchases are looked for next, never before `at`; None if nobody looks."""
    looks = [look for desk in _desks if (look := desk.next_look(at=at)) is not None]
    return max(min(looks), at) if looks else None
