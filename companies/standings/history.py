"""Daily figures: how many companies were open, in grace and blocked on each day.

Today's figures are updated once an hour, so the last update of a day remains. A day on which nothing was counted has no
row: its figures are unknown, not zero.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from companies.access import Reason, State
from companies.models import DailyStanding
from companies.standings.groups import count_by_verdict, load_groups

COUNT_EVERY = timedelta(hours=1)
# Ended companies are stored but not shown, because their number only grows.
ENDED = frozenset({Reason.TERMINATED, Reason.CANCELLED, Reason.FRAUD})


class Day(NamedTuple):
    """The figures of one day, without ended companies."""

    day: date
    open: int
    grace: int
    blocked: int


def note_day(now: datetime) -> None:
    """Store today's figures, at most once an hour. Every tick calls it; most calls cost one query."""
    today = timezone.localdate(now)
    counted_at = DailyStanding.objects.filter(day=today).values_list("counted_at", flat=True).first()
    # Figures from the future come from a wrong clock and are counted again.
    if counted_at is not None and now - COUNT_EVERY < counted_at <= now:
        return
    companies: dict[str, dict[str, int]] = {}
    for (state, reason), number in sorted(count_by_verdict(load_groups(now)).items()):
        companies.setdefault(state.value, {})[reason.value] = number
    if companies:
        DailyStanding.objects.update_or_create(day=today, defaults={"companies": companies, "counted_at": now})


def load_days(now: datetime, *, days: int) -> list[Day]:
    """The figures of the last `days` days, today included. Unknown days are left out."""
    first = timezone.localdate(now) - timedelta(days=days - 1)
    rows = DailyStanding.objects.filter(day__gte=first).order_by("day").values_list("day", "companies")
    return [Day(day, *(_total(companies.get(state.value, {}).items()) for state in State)) for day, companies in rows]


def with_today(days: list[Day], counted: Mapping[tuple[State, Reason], int], today: date) -> list[Day]:
    """The days, with the counts of this moment as today's figures: the stored ones may be an hour old."""
    if not counted:
        return days
    found = ((state, [(reason.value, n) for (its, reason), n in counted.items() if its is state]) for state in State)
    return [*(day for day in days if day.day != today), Day(today, *(_total(numbers) for _, numbers in found))]


def _total(numbers: Iterable[tuple[str, int]]) -> int:
    return sum(number for reason, number in numbers if reason not in ENDED)
