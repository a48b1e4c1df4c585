"""Which due dates lead to which access, all else being equal. Plain Python. It has no rules of its own and calls
`decide_access`.

Access only gets worse with an earlier due date, so each reason holds for one range of days, and a binary search finds
its end.
"""

from bisect import bisect_left
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from companies.access import Facts, Reason, State, decide_access


class Stretch(NamedTuple):
    """The due dates from `first` to `last`, which all lead to the same state for the same reason."""

    first: date
    last: date
    state: State
    reason: Reason


def decide_stretches(facts: Facts, *, now: datetime, zone: tzinfo) -> list[Stretch]:
    """Divide all possible due dates of `facts` into stretches, in order."""

    def judge(day: int) -> tuple[State, Reason]:
        access = decide_access(facts._replace(due_date=date.fromordinal(day)), now=now, zone=zone)
        return access.state, access.reason

    def length(days: range) -> int:
        """How many of `days` have the same verdict as the first one. `days` must end with the last possible day."""
        first, last = judge(days[0]), judge(days[-1])
        return len(days) if first == last else bisect_left(days, True, key=lambda day: judge(day) != first)

    found, days = [], range(date.min.toordinal(), date.max.toordinal() + 1)
    while days:
        alike, days = days[: (end := length(days))], days[end:]
        found.append(Stretch(date.fromordinal(alike[0]), date.fromordinal(alike[-1]), *judge(alike[0])))
    return found
