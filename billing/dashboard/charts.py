"""The geometry of charts, as text for SVG attributes, independent of the language. Plain Python: numbers go in.

A chart is WIDTH wide; the page scales it. Unknown values leave a gap.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple

WIDTH = 400
# The height of line charts.
HEIGHT = 140
ROW_HEIGHT = 34
LONGEST_NAME = 38


class Bar(NamedTuple):
    """A rectangle, and the position of its label and number."""

    name: str
    number: int
    width: str
    y: int
    text_y: int


class Curve(NamedTuple):
    """One number over time: pieces of a line, and dots for days without a neighbour."""

    name: str
    pieces: list[str]
    dots: list[tuple[str, str]]


class Severity(IntEnum):
    """The worst outcome of the runs within some hours."""

    NONE = 0
    COMPLETE = 1
    HELD = 2
    PARTIAL = 3
    FAILED = 4


class Run(NamedTuple):
    """A run that has ended."""

    started_at: datetime
    seconds: float
    severity: Severity


class Span(NamedTuple):
    """Some hours: how many runs began in them, the longest duration, the worst outcome; and its bar."""

    begins_at: datetime
    runs: int
    longest: float
    severity: Severity
    x: str
    y: str
    width: str
    height: str
    mark_x: str
    mark_y: str


def bars(numbers: Sequence[tuple[str, int]]) -> list[Bar]:
    """Horizontal bars, one below the other, the longest as wide as the chart."""
    most = max((number for _, number in numbers), default=0)
    return [
        Bar(_short(name), number, _text(WIDTH * number / most if most else 0), n * ROW_HEIGHT + 17, n * ROW_HEIGHT + 12)
        for n, (name, number) in enumerate(numbers)
    ]


def curve(name: str, numbers: Sequence[tuple[date, int]], *, last: date, days: int, top: int) -> Curve:
    """A line through `days` days that end with `last`; `top` is the value at the top of the chart."""
    first = last - timedelta(days=days - 1)
    pieces, dots = [], []
    for run in _neighbours(numbers):
        points = [(_text(WIDTH * (day - first).days / (days - 1)), _height(number, top)) for day, number in run]
        if len(points) == 1:
            dots += points
        else:
            pieces.append(" ".join(f"{x},{y}" for x, y in points))
    return Curve(name, pieces, dots)


def spans(runs: Sequence[Run], *, ends_at: datetime, hours: int, count: int) -> list[Span]:
    """Divide the time up to `ends_at` into `count` spans of `hours` hours. Each bar is as high as its longest run."""
    begins_at = ends_at - timedelta(hours=hours * count)
    found: list[list[Run]] = [[] for _ in range(count)]
    for run in runs:
        place = (run.started_at - begins_at) // timedelta(hours=hours)
        if 0 <= place < count:
            found[place].append(run)
    longest = max((run.seconds for run in runs), default=0.0)
    step = WIDTH / count
    return [
        _span(begins_at + timedelta(hours=hours * n), within, n * step, step, longest) for n, within in enumerate(found)
    ]


def _span(begins_at: datetime, runs: Sequence[Run], x: float, step: float, longest: float) -> Span:
    seconds = max((run.seconds for run in runs), default=0.0)
    # A minimum height, so that a very short run is visible.
    height = max(3.0, (HEIGHT - 20) * seconds / longest if longest else 0.0) if runs else 0.0
    y = HEIGHT - height
    return Span(
        begins_at, len(runs), seconds, max((run.severity for run in runs), default=Severity.NONE),
        x=_text(x + step * 0.1), y=_text(y), width=_text(step * 0.8), height=_text(height),
        mark_x=_text(x + step / 2), mark_y=_text(y - 4),
    )  # fmt: skip


def _neighbours(numbers: Sequence[tuple[date, int]]) -> list[list[tuple[date, int]]]:
    """Group consecutive days."""
    found: list[list[tuple[date, int]]] = []
    for day, number in numbers:
        if found and day - found[-1][-1][0] == timedelta(days=1):
            found[-1].append((day, number))
        else:
            found.append([(day, number)])
    return found


def _height(number: int, top: int) -> str:
    """The y coordinate, with room for the thickness of the line."""
    return _text(HEIGHT - 2 - (HEIGHT - 4) * number / top if top else HEIGHT - 2)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _text(number: float) -> str:
    return f"{number:.1f}"
