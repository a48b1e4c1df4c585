"""The figures next to their goals, as text and as a table for `docs/performance.md`."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """A measured figure. `first` has to be reached, `wanted` is where it should go; `at_most`: less is better."""

    what: str
    measured: float
    first: float
    wanted: float
    unit: str = "x"
    at_most: bool = True

    @property
    def verdict(self) -> str:
        if self._reaches(self.wanted):
            return "as wanted"
        return "reached" if self._reaches(self.first) else "MISSED"

    def cells(self) -> tuple[str, str, str, str, str]:
        sign = "<=" if self.at_most else ">="
        return (
            self.what,
            _shown(self.measured, self.unit),
            f"{sign} {_shown(self.first, self.unit)}",
            f"{sign} {_shown(self.wanted, self.unit)}",
            self.verdict,
        )

    def _reaches(self, goal: float) -> bool:
        return self.measured <= goal if self.at_most else self.measured >= goal


HEADER = ("Work", "Measured", "Goal", "Wanted", "")


def as_table(goals: Sequence[Goal]) -> str:
    """A Markdown table, its columns aligned so that it reads well on a terminal, too."""
    return table([HEADER, *(goal.cells() for goal in goals)])


def table(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table of which the first row is the header."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _shown(value: float, unit: str) -> str:
    if unit == "x":
        return f"{value:.2f} x" if value < 10 else f"{value:.0f} x"
    if unit == "%":
        return f"{value:.0f} %"
    return f"{value:.1f} {unit}".rstrip()
