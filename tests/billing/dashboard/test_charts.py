"""Shapes of charts: numbers in, coordinates out."""

from datetime import UTC, date, datetime, timedelta

import pytest

from billing.dashboard.charts import HEIGHT, LONGEST_NAME, WIDTH, Run, Severity, bars, curve, spans

LAST = date(2026, 3, 31)
NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def test_the_longest_bar_is_as_wide_as_the_chart_and_the_others_in_proportion() -> None:
    assert [float(bar.width) for bar in bars([("Team", 8), ("Solo", 2), ("Old", 0)])] == [WIDTH, WIDTH / 4, 0]


def test_bars_without_any_number_have_no_width_and_long_names_are_cut() -> None:
    assert [(bar.width, len(bar.name)) for bar in bars([("x" * 99, 0)])] == [("0.0", LONGEST_NAME)]
    assert bars([]) == []


def test_a_line_goes_from_the_first_day_to_the_last_and_from_bottom_to_top() -> None:
    days = [(LAST - timedelta(days=9 - n), n) for n in range(10)]
    (piece,) = curve("open", days, last=LAST, days=10, top=9).pieces
    points = [tuple(map(float, point.split(","))) for point in piece.split()]
    assert (points[0], points[-1]) == ((0, HEIGHT - 2), (WIDTH, 2))


def test_a_day_of_which_nothing_is_known_is_a_gap_and_a_lonely_day_a_dot() -> None:
    days = [(LAST - timedelta(days=ago), 1) for ago in (9, 8, 5, 1, 0)]
    line = curve("open", days, last=LAST, days=10, top=1)
    assert ([len(piece.split()) for piece in line.pieces], len(line.dots)) == ([2, 2], 1)


def test_where_all_numbers_are_nothing_the_line_lies_at_the_bottom() -> None:
    line = curve("grace", [(LAST, 0)], last=LAST, days=10, top=0)
    assert [tuple(map(float, dot)) for dot in line.dots] == [(WIDTH, HEIGHT - 2)]


def test_runs_share_the_bar_of_their_hours_which_is_as_high_as_the_longest_and_as_bad_as_the_worst() -> None:
    runs = [
        Run(NOON - timedelta(minutes=90), 4.0, Severity.COMPLETE),
        Run(NOON - timedelta(minutes=5), 1.0, Severity.FAILED),
        Run(NOON - timedelta(hours=3), 8.0, Severity.HELD),
    ]
    found = spans(runs, ends_at=NOON, hours=2, count=3)
    assert [(span.runs, span.longest, span.severity) for span in found] == [
        (0, 0.0, Severity.NONE),
        (1, 8.0, Severity.HELD),
        (2, 4.0, Severity.FAILED),
    ]
    heights = [float(span.height) for span in found]
    assert (heights[0], heights[1]) == (0, 2 * heights[2])


def test_a_run_that_took_no_time_is_seen_and_one_of_another_week_is_not() -> None:
    runs = [Run(NOON - timedelta(minutes=1), 0.0, Severity.COMPLETE), Run(NOON - timedelta(days=9), 1.0, Severity.HELD)]
    (span,) = spans(runs, ends_at=NOON, hours=2, count=1)
    assert (span.runs, float(span.height) > 0) == (1, True)


@pytest.mark.parametrize("count", [1, 36])
def test_bars_stay_within_the_chart(count: int) -> None:
    runs = [Run(NOON - timedelta(hours=hour, minutes=1), 2.0, Severity.COMPLETE) for hour in range(72)]
    for span in spans(runs, ends_at=NOON, hours=2, count=count):
        assert 0 <= float(span.x) <= float(span.x) + float(span.width) <= WIDTH
        assert 0 <= float(span.y) <= HEIGHT
