"""Finds companies by their access, with a condition that indexes answer.

For most companies billing alone decides. They are found by status and ranges of due dates, which
`companies.access.stretches` gives for each source. For the others an operator or an exception of billing decides: they
are few, have their own indexes, and are decided by group (`companies.standings.groups`).
"""

from collections import defaultdict
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from companies.access import Status, decide_access
from companies.access.stretches import decide_stretches
from companies.models import BillingSource, Company
from companies.models.company import EXCEPTIONS
from companies.standings.facts import CompanyRow, facts_of_row
from companies.standings.group_keys import key_in_unindexed
from companies.standings.groups import load_groups

NOTHING_BESIDES: dict[str, None] = dict.fromkeys(EXCEPTIONS.values())
ORDINARY = Q(**NOTHING_BESIDES)
EXCEPTIONAL = reduce(or_, (Q(**{f"{column}__isnull": False}) for column in EXCEPTIONS.values()))


class Due(NamedTuple):
    """A status and a range of due dates, both ends included; without days, companies that have no due date."""

    status: Status
    first: date | None = None
    last: date | None = None

    def as_condition(self) -> Q:
        if self.first is None or self.last is None:
            return Q(status=self.status.value, due_date=None)
        return Q(status=self.status.value, due_date__range=(self.first, self.last))


def access_is(chosen: str, *, now: datetime) -> Q:
    """The condition for companies whose access has this state or this reason."""
    few = load_groups(now, Company.objects.filter(EXCEPTIONAL))
    keys = [group.key for group in few if chosen in {group.access.state, group.access.reason}]
    found = _ordinary(chosen, now)
    return found | (EXCEPTIONAL & key_in_unindexed(keys)) if keys else found


def _ordinary(chosen: str, now: datetime) -> Q:
    """The same for companies decided by billing alone. Names the sources only if they do not all have the range."""
    sources: dict[int | None, BillingSource | None] = {None: None, **BillingSource.objects.in_bulk()}
    sources_of: defaultdict[Due, list[int | None]] = defaultdict(list)
    for number, source in sources.items():
        for status in Status:
            for due in _find(chosen, status, source, now):
                sources_of[due].append(number)
    found = Q(pk__in=[])
    for due, numbers in sources_of.items():
        named = Q(source__in=[number for number in numbers if number is not None])
        theirs = Q() if len(numbers) == len(sources) else named | Q(source=None) if None in numbers else named
        found |= ORDINARY & due.as_condition() & theirs
    return found


def _find(chosen: str, status: Status, source: BillingSource | None, now: datetime) -> list[Due]:
    zone = timezone.get_default_timezone()
    facts = facts_of_row(CompanyRow(status.value, now, None, **NOTHING_BESIDES), source, now=now)
    stretches = decide_stretches(facts, now=now, zone=zone)
    found = [Due(status, one.first, one.last) for one in stretches if chosen in {one.state, one.reason}]
    undated = decide_access(facts, now=now, zone=zone)
    return [*found, Due(status)] if chosen in {undated.state, undated.reason} else found
