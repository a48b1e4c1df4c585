"""Which due dates lead to which access, all else being equal. Plain Python, and no rule of its own: `decide_access` is
asked.

The earlier a company's payment was due, the worse it stands, so each reason holds for one stretch of days, and a few
questions tell where it ends.
"""

from bisect import bisect_left
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from companies.access import Facts, Reason, State, decide_access


class Stretch(NamedTuple):
    """The due dates from `first` to `last`, with which a company is in one state for one reason."""

    first: date
    last: date
    state: State
    reason: Reason


def decide_stretches(facts: Facts, *, now: datetime, zone: tzinfo) -> list[Stretch]:
    """All days that there are, in order, each as if it were the due date of `facts`."""

    def judge(day: int) -> tuple[State, Reason]:
        access = decide_access(facts._replace(due_date=date.fromordinal(day)), now=now, zone=zone)
        return access.state, access.reason

    def length(days: range) -> int:
        """How many of `days`, which end with the last there is, are like the first."""
        first, last = judge(days[0]), judge(days[-1])
        return len(days) if first == last else bisect_left(days, True, key=lambda day: judge(day) != first)

    found, days = [], range(date.min.toordinal(), date.max.toordinal() + 1)
    while days:
        alike, days = days[: (end := length(days))], days[end:]
        found.append(Stretch(date.fromordinal(alike[0]), date.fromordinal(alike[-1]), *judge(alike[0])))
    return found
