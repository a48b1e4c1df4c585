"""The charts of the start page, each with a table of the same values."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.dashboard import charts
from billing.dashboard.charts import Bar, Curve, Run, Severity, Span
from billing.dashboard.tiles import state_names
from billing.models import SyncRun
from companies.standings.history import Day

DAYS = 90
HOURS = 2
SPANS = 36
MOST_PLANS = 8
MOST_RUNS = 20_000
_SEVERITIES = {
    SyncRun.Outcome.COMPLETE: Severity.COMPLETE,
    SyncRun.Outcome.HELD: Severity.HELD,
    SyncRun.Outcome.PARTIAL: Severity.PARTIAL,
    SyncRun.Outcome.FAILED: Severity.FAILED,
    SyncRun.Outcome.LOST: Severity.FAILED,
}
# Marks, so that colours are not needed to read the chart.
MARKS = {Severity.HELD: "?", Severity.PARTIAL: "!", Severity.FAILED: "×"}


class PlansChart(NamedTuple):
    """Companies by plan: bars for the largest plans, and a table of all with links to their lists."""

    bars: list[Bar]
    height: int
    rows: list[tuple[str, int, str]]


class DaysChart(NamedTuple):
    """Lines over time. `first` and `last` are the days, `top` is the highest number."""

    curves: list[tuple[str, Curve, int | None]]
    first: date
    last: date
    top: int
    rows: list[Day]


class RunsChart(NamedTuple):
    """Bars for the last days. `longest` is the duration of the highest bar in seconds."""

    number: int
    spans: list[tuple[Span, str, str, str]]
    first: datetime
    longest: float
    legend: list[tuple[str, str, str]]


def draw_plans(plans: Sequence[tuple[int, str, int]]) -> PlansChart:
    """The largest plans as bars; the smaller ones share one."""
    numbers = [(name, number) for _pk, name, number in plans[:MOST_PLANS]]
    others = sum(number for _pk, _name, number in plans[MOST_PLANS:])
    if others:
        numbers.append((_("all other plans"), others))
    url = reverse("admin:companies_company_changelist")
    rows = [(name, number, f"{url}?plan__id__exact={pk}") for pk, name, number in plans]
    return PlansChart(charts.bars(numbers), len(numbers) * charts.ROW_HEIGHT, rows)


def draw_days(days: Sequence[Day], today: date) -> DaysChart:
    """Open, in grace and blocked over the last 90 days."""
    top = max((number for day in days for number in day[1:]), default=0)
    curves = []
    for state, name in state_names().items():
        numbers = [(day.day, int(getattr(day, state.value))) for day in days]
        line = charts.curve(name, numbers, last=today, days=DAYS, top=top)
        curves.append((state.value, line, numbers[-1][1] if numbers else None))
    return DaysChart(curves, today - timedelta(days=DAYS - 1), today, top, list(reversed(days)))


def load_runs(now: datetime) -> list[Run]:
    """The runs of the last three days, at most the newest MOST_RUNS."""
    ended = SyncRun.objects.filter(finished_at__isnull=False, started_at__gt=_ends_at(now) - _length())
    rows = ended.order_by("-started_at").values_list("started_at", "finished_at", "outcome")[:MOST_RUNS]
    return [
        Run(started, max((finished - started).total_seconds(), 0.0), _SEVERITIES[SyncRun.Outcome(outcome)])
        for started, finished, outcome in rows
        if finished is not None and outcome in _SEVERITIES
    ]


def draw_runs(runs: Sequence[Run], now: datetime) -> RunsChart:
    """One bar for two hours, as high as the longest run, with the colour of the worst outcome."""
    words = outcome_words()
    found = charts.spans(runs, ends_at=_ends_at(now), hours=HOURS, count=SPANS)
    legend = [(severity.name.lower(), MARKS.get(severity, ""), words[severity]) for severity in words if severity]
    return RunsChart(
        len(runs),
        [(span, span.severity.name.lower(), MARKS.get(span.severity, ""), words[span.severity]) for span in found],
        first=found[0].begins_at,
        longest=max((span.longest for span in found), default=0.0),
        legend=legend,
    )


def outcome_words() -> dict[Severity, str]:
    """The words for the outcomes of a bar."""
    return {
        Severity.NONE: pgettext("runs", "none"),
        Severity.COMPLETE: pgettext("runs", "all complete"),
        Severity.HELD: pgettext("runs", "something waited"),
        Severity.PARTIAL: pgettext("runs", "not complete"),
        Severity.FAILED: pgettext("runs", "failed or lost"),
    }


def _ends_at(now: datetime) -> datetime:
    """The end of the current two hours, aligned to midnight, so that the bars don't shift."""
    local = timezone.localtime(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(hours=(local.hour // HOURS + 1) * HOURS)


def _length() -> timedelta:
    return timedelta(hours=HOURS * SPANS)
