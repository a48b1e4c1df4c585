"""The figures of the start page, each counted in one query."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, QuerySet

from billing.models import AttentionItem, HeldChanges, HeldCompany, Kind, Subscription
from companies.access import Reason, State
from companies.models import Company
from companies.standings.groups import Group, count_by_verdict, load_groups
from companies.standings.upcoming import HORIZONS, batches, count_within

# Items of these kinds mean that something WHMCS says was not done, even if the item was dismissed.
NOT_DONE = frozenset({
    Kind.PLAN_UNKNOWN, Kind.STATUS_UNKNOWN, Kind.BAD_ROW, Kind.WRITE_FAILED, Kind.CLIENT_CHANGED,
    Kind.PRODUCT_CHANGED, Kind.VANISHED, Kind.LOSS_UNCONFIRMED,
})  # fmt: skip


class CompanyFigures(NamedTuple):
    """Companies by access and by gateway, and how many lose access within so many days."""

    by_verdict: Counter[tuple[State, Reason]]
    by_gateway: Counter[int]
    upcoming: dict[int, int]

    def total(self, state: State) -> int:
        """The number of companies in a state."""
        return sum(number for (found, _), number in self.by_verdict.items() if found is state)

    def reasons(self, state: State) -> list[tuple[Reason, int]]:
        """The reasons for a state with their numbers, in the order of the reasons."""
        numbers = {reason: number for (found, reason), number in self.by_verdict.items() if found is state}
        return [(reason, numbers[reason]) for reason in Reason if reason in numbers]


class Waiting(NamedTuple):
    """What waits: purchases without a company, changes for approval, and attention items."""

    services: int
    approvals: int
    attention: int


def load_company_figures(now: datetime) -> CompanyFigures:
    """All figures come from the same groups, so that they add up."""
    groups = load_groups(now)
    found = batches(groups, now=now, days=max(HORIZONS))
    upcoming = {days: count_within(found, now=now, days=days) for days in HORIZONS}
    return CompanyFigures(count_by_verdict(groups), _by_gateway(groups), upcoming)


def load_waiting() -> Waiting:
    """What waits at this moment."""
    return Waiting(
        services=waiting_services().count(),
        approvals=HeldChanges.objects.waiting().count(),
        attention=AttentionItem.objects.waiting().count(),
    )


def load_differing() -> Counter[int]:
    """For each gateway, how many companies differ from WHMCS because something waits, could not be done, or was
    answered with a no: `closing_held_since` stays set as long as the no keeps a company open."""
    noticed = AttentionItem.objects.open().filter(kind__in=NOT_DONE, subscription__company__isnull=False)
    held = HeldCompany.objects.filter(held__in=HeldChanges.objects.waiting())
    kept = Company.objects.filter(closing_held_since__isnull=False)
    theirs = (
        noticed.order_by()
        .values("subscription__company")
        .union(held.order_by().values("company"), kept.order_by().values("pk"))
    )
    rows = Company.objects.order_by().filter(pk__in=theirs, source__isnull=False).values_list("source")
    return Counter(dict(rows.annotate(number=Count("pk"))))


def waiting_services() -> QuerySet[Subscription]:
    """Services that should have a company but have none yet, because something about them is unclear."""
    return Subscription.objects.existing().filter(company=None, is_settled=False)


def load_plans() -> list[tuple[int, str, int]]:
    """Plans with companies, the largest first: id, name, number of companies."""
    rows = Company.objects.order_by().values_list("plan", "plan__name").annotate(number=Count("pk"))
    return sorted(rows, key=lambda row: (-row[2], row[1]))


def _by_gateway(groups: Sequence[Group]) -> Counter[int]:
    numbers: Counter[int] = Counter()
    for group in groups:
        numbers[group.key.source] += group.companies
    return numbers
