"""How many companies stood how on each day.

The figures of a day are brought up to date once an hour while it lasts, so the last ones are what remains of it. A
day on which nothing was counted has no figures at all: it is unknown, and not a day without companies.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from companies.access import Reason, State
from companies.models import DailyStanding
from companies.standings.groups import count_by_verdict, load_groups

EXACT_TO = timedelta(hours=1)
# Who ended is counted, but no part of how things are: there are only ever more of them.
ENDED = frozenset({Reason.TERMINATED, Reason.CANCELLED, Reason.FRAUD})


class Day(NamedTuple):
    """One day's figures; those of companies that ended are left out."""

    day: date
    open: int
    grace: int
    blocked: int


def note_day(now: datetime) -> None:
    """Write down how many companies stand how today, at most once an hour; else one query. For every tick."""
    today = timezone.localdate(now)
    counted_at = DailyStanding.objects.filter(day=today).values_list("counted_at", flat=True).first()
    # Figures from the future were written by a clock that has gone back since.
    if counted_at is not None and now - EXACT_TO < counted_at <= now:
        return
    companies: dict[str, dict[str, int]] = {}
    for (state, reason), number in sorted(count_by_verdict(load_groups(now)).items()):
        companies.setdefault(state.value, {})[reason.value] = number
    if companies:
        DailyStanding.objects.update_or_create(day=today, defaults={"companies": companies, "counted_at": now})


def load_days(now: datetime, *, days: int) -> list[Day]:
    """The figures of the last `days` days with today, without those of which nothing is known."""
    first = timezone.localdate(now) - timedelta(days=days - 1)
    rows = DailyStanding.objects.filter(day__gte=first).order_by("day").values_list("day", "companies")
    return [Day(day, *(_total(companies.get(state.value, {}).items()) for state in State)) for day, companies in rows]


def with_today(days: list[Day], counted: Mapping[tuple[State, Reason], int], today: date) -> list[Day]:
    """The days with what was counted just now as today's figures, which are written down only once an hour."""
    if not counted:
        return days
    found = ((state, [(reason.value, n) for (its, reason), n in counted.items() if its is state]) for state in State)
    return [*(day for day in days if day.day != today), Day(today, *(_total(numbers) for _, numbers in found))]


def _total(numbers: Iterable[tuple[str, int]]) -> int:
    return sum(number for reason, number in numbers if reason not in ENDED)
