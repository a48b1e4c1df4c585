"""How all companies stand, decided once per group instead of once per company.

Companies whose facts are the same have the same access, so they form a group: a few hundred groups for 100,000
companies. The database groups and counts them, and `companies.access` decides once for each group. The key of a group
(`companies.standings.group_keys`) also finds its companies, so a list shows exactly the companies that were counted.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time, tzinfo
from typing import NamedTuple

from django.db.models import Count, QuerySet
from django.utils import timezone

from companies.access import Access, Facts, Reason, State, decide_access
from companies.access.forecast import Loss, decide_loss
from companies.models import BillingSource, Company
from companies.standings.facts import CompanyRow, facts_of_row, is_read_on
from companies.standings.group_keys import ABSENT, GroupKey, key_columns, key_in


class Group(NamedTuple):
    """Companies with the same facts: how many there are, and what access follows from the facts."""

    key: GroupKey
    companies: int
    facts: Facts
    is_read_on: bool
    access: Access


def load_groups(now: datetime, companies: QuerySet[Company] | None = None) -> list[Group]:
    """Group all companies, or the given ones, as they stand at `now`; two queries."""
    zone = timezone.get_default_timezone()
    sources = BillingSource.objects.in_bulk()
    # Prefixed, because an annotation must not have the name of a field.
    columns = {f"key_{name}": column for name, column in key_columns(zone).items()}
    found = Company.objects.all() if companies is None else companies
    rows = found.order_by().values(**columns).annotate(companies=Count("pk")).values_list(*columns, "companies")
    return [_decide(GroupKey(*row[:-1]), row[-1], sources, now, zone) for row in rows]


def count_by_verdict(groups: Iterable[Group]) -> Counter[tuple[State, Reason]]:
    """Count the companies by state and reason."""
    counts: Counter[tuple[State, Reason]] = Counter()
    for group in groups:
        counts[group.access.state, group.access.reason] += group.companies
    return counts


def losses(groups: Iterable[Group], *, now: datetime, days: int) -> list[tuple[Loss, Group]]:
    """The groups that lose access within `days` days if nothing changes, in the order of their losses."""
    zone = timezone.get_default_timezone()
    found = []
    for group in groups:
        loss = decide_loss(group.facts, is_read_on=group.is_read_on, now=now, zone=zone, days=days)
        if loss is not None:
            found.append((loss, group))
    return sorted(found, key=lambda pair: (pair[0], pair[1].key))


def companies_of(groups: Iterable[Group], companies: QuerySet[Company]) -> QuerySet[Company]:
    """The companies that belong to these groups."""
    keys = [group.key for group in groups]
    return companies.filter(key_in(keys)) if keys else companies.none()


def _decide(key: GroupKey, companies: int, sources: dict[int, BillingSource], now: datetime, zone: tzinfo) -> Group:
    source = sources.get(key.source)
    row = _row_of(key, now, zone)
    facts = facts_of_row(row, source, now=now)
    return Group(key, companies, facts, is_read_on(row, source), decide_access(facts, now=now, zone=zone))


def _row_of(key: GroupKey, now: datetime, zone: tzinfo) -> CompanyRow:
    """A row for any company of the group. `now` stands for moments that matter only by being there."""
    days = {name: None if value == getattr(ABSENT, name) else value for name, value in key._asdict().items()}
    unreadable = days["unreadable"]
    return CompanyRow(
        status=key.status,
        status_since=now,
        due_date=days["due"],
        override_until=days["override"],
        hold_until=days["hold"],
        locked_at=now if key.is_locked else None,
        unreadable_since=datetime.combine(unreadable, time.min, tzinfo=zone) if unreadable else None,
        closing_held_since=now if key.is_closing_held else None,
    )
