"""Counts losses of access: how many there are, of how many companies, and when that is too many.

There are two kinds. Either WHMCS says something new about a service; or it says the same as before and the due date has
passed meanwhile (`billing.steps.losses.overdue`), so that this reading is the evidence that closes the company.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone

from billing.models import WhmcsGateway
from billing.reconcile import Decision, is_mass_change
from companies.access import decide_access
from companies.database.parts import in_parts
from companies.models import Company
from companies.standings.facts import CompanyRow, facts_of_row


def is_by_date(loss: Decision) -> bool:
    """Whether WHMCS says the same as before and only a due date has passed."""
    return loss.before == loss.after


class Scale(NamedTuple):
    """What losses are compared with: the companies that billing kept `open`, and those that `lost` access one by one.

    The latter count too: a hundred runs of one service each can change as much as one list of a hundred services.
    """

    open: int
    lost: int

    def is_exceeded(self, gateway: WhmcsGateway, losing: int) -> bool:
        """Whether so many of the open companies would lose access that an operator has to approve it first."""
        limits = {"max_count": gateway.mass_change_count, "max_percent": gateway.mass_change_percent}
        return losing > 0 and is_mass_change(losing + self.lost, of=self.open + self.lost, **limits)

    def figures(self, losing: int) -> dict[str, str]:
        """The figures of a question about losses: how many of how many, and how many lost access before, if any."""
        return {"losing": str(losing), "open": str(self.open)} | ({"lost": str(self.lost)} if self.lost else {})


def count_losing(losses: Sequence[Decision]) -> int:
    """How many companies these losses would close."""
    return len({decision.company_id for decision in losses})


def count_open(gateway: WhmcsGateway, opened: Container[int]) -> int:
    """How many companies of the gateway billing keeps open, without those that this run `opened`.

    Otherwise new customers would make the share of losses look smaller.
    """
    is_open = billing_keeps_open(gateway, timezone.now())
    return sum(pk not in opened and is_open(row) for pk, row in load_company_rows(gateway))


def load_lost(gateway: WhmcsGateway) -> int:
    """How many companies lost access in runs of single services since the last complete run that held nothing."""
    return WhmcsGateway.objects.values_list("lost_one_by_one", flat=True).get(pk=gateway.pk)


def count_lost_unlocked(gateway: WhmcsGateway, closed: int) -> None:
    """Add `closed` to the companies that lost access one by one. Call it inside `lease.writing()`."""
    WhmcsGateway.objects.filter(pk=gateway.pk).update(lost_one_by_one=F("lost_one_by_one") + closed)


def load_company_rows(gateway: WhmcsGateway, **conditions: object) -> Iterator[tuple[int, CompanyRow]]:
    companies = Company.objects.filter(source_id=gateway.pk, **conditions).values_list("pk", *CompanyRow._fields)
    return ((pk, CompanyRow(*row)) for part in in_parts(companies) for pk, *row in part)


def billing_keeps_open(gateway: WhmcsGateway, now: datetime) -> Callable[[CompanyRow], bool]:
    """A function that tells whether billing alone keeps a company open at `now`, without an operator's hold or lock."""
    zone = timezone.get_default_timezone()

    def is_open(row: CompanyRow) -> bool:
        facts = facts_of_row(row, gateway, now=now).by_billing_alone()
        return decide_access(facts, now=now, zone=zone).is_open

    return is_open
