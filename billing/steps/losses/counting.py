"""Changes that take access away: how many there are, of how many, and when that is too many.

There are two sorts. WHMCS says something else about a service than before; or it says the same, and the due date has
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
    """Whether WHMCS says what it said before and only a due date has passed."""
    return loss.before == loss.after


class Scale(NamedTuple):
    """What losses are measured by: the companies that billing kept `open`, and those that `lost` access one by one.

    The latter count as well: a hundred messages about one service each are no smaller a change than one list that says
    the same about a hundred.
    """

    open: int
    lost: int

    def is_exceeded(self, gateway: WhmcsGateway, losing: int) -> bool:
        """Whether so many of the open companies would lose access that somebody has to say yes to it first."""
        limits = {"max_count": gateway.mass_change_count, "max_percent": gateway.mass_change_percent}
        return losing > 0 and is_mass_change(losing + self.lost, of=self.open + self.lost, **limits)

    def figures(self, losing: int) -> dict[str, str]:
        """What a question about losses says: how many of how many, and how many lost access before, if any did."""
        return {"losing": str(losing), "open": str(self.open)} | ({"lost": str(self.lost)} if self.lost else {})


def count_losing(losses: Sequence[Decision]) -> int:
    """How many companies these losses are about."""
    return len({decision.company_id for decision in losses})


def count_open(gateway: WhmcsGateway, opened: Container[int]) -> int:
    """How many companies of the gateway billing kept open before the run, which `opened` some.

    New payers make the share of those who lose access no smaller.
    """
    is_open = billing_keeps_open(gateway, timezone.now())
    return sum(pk not in opened and is_open(row) for pk, row in load_company_rows(gateway))


def load_lost(gateway: WhmcsGateway) -> int:
    """How many lost access by readings of single services since the last complete reading that held nothing."""
    return WhmcsGateway.objects.values_list("lost_one_by_one", flat=True).get(pk=gateway.pk)


def count_lost_unlocked(gateway: WhmcsGateway, closed: int) -> None:
    """Keep that so many more lost access one by one. Call it inside `lease.writing()`."""
    WhmcsGateway.objects.filter(pk=gateway.pk).update(lost_one_by_one=F("lost_one_by_one") + closed)


def load_company_rows(gateway: WhmcsGateway, **conditions: object) -> Iterator[tuple[int, CompanyRow]]:
    companies = Company.objects.filter(source_id=gateway.pk, **conditions).values_list("pk", *CompanyRow._fields)
    return ((pk, CompanyRow(*row)) for part in in_parts(companies) for pk, *row in part)


def billing_keeps_open(gateway: WhmcsGateway, now: datetime) -> Callable[[CompanyRow], bool]:
    """Whether billing alone keeps a company open at `now`: what an operator holds or locks is not billing's doing."""
    zone = timezone.get_default_timezone()

    def is_open(row: CompanyRow) -> bool:
        facts = facts_of_row(row._replace(hold_until=None, locked_at=None), gateway, now=now)
        return decide_access(facts, now=now, zone=zone).is_open

    return is_open
