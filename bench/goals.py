"""The figures next to their goals, as text and as a table for `docs/performance.md`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """A measured figure and where it should be; `at_most`: less is better."""

    what: str
    measured: float
    goal: float
    unit: str = "x"
    at_most: bool = True

    @property
    def is_reached(self) -> bool:
        return self.measured <= self.goal if self.at_most else self.measured >= self.goal

    def cells(self) -> tuple[str, str, str, str]:
        sign = "<=" if self.at_most else ">="
        verdict = "reached" if self.is_reached else "MISSED"
        return self.what, _shown(self.measured, self.unit), f"{sign} {_shown(self.goal, self.unit)}", verdict


HEADER = ("Work", "Measured", "Goal", "")


def as_table(goals: Sequence[Goal]) -> str:
    """A Markdown table, its columns aligned so that it reads well on a terminal, too."""
    return table([HEADER, *(goal.cells() for goal in goals)])


def as_figures(goal: Goal) -> dict[str, object]:
    """What a program wants to know of it."""
    return asdict(goal) | {"is_reached": goal.is_reached}


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
