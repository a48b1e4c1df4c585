"""Compares every value of the plan option with the plans here. Pure."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from html import unescape
from typing import NamedTuple

from billing.reconcile import Standing, standing_of
from plans.matching import named_plans, spellings

LONGEST_NAME = 255


class Count(NamedTuple):
    """How many services have this plan value and status, and how many of them have a company."""

    value: str | None
    status: str
    services: int
    with_company: int


class Verdict(StrEnum):
    """What happens to the services with a plan value."""

    MATCHED = "matched"
    FALLBACK = "fallback"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"


@dataclass(slots=True)
class Line:
    """A plan value with its services: paid, undecided and ended ones. `waiting` are paid ones without a company."""

    value: str
    verdict: Verdict
    plan_id: int | None
    paid: int = 0
    undecided: int = 0
    ended: int = 0
    waiting: int = 0

    @property
    def key(self) -> str:
        """Identifies the value in a URL or a form, where some of its characters would not survive."""
        return key_of(self.value)

    @property
    def is_covered(self) -> bool:
        return self.plan_id is not None

    @property
    def is_open(self) -> bool:
        """Whether a needed plan is missing. Ended services need none."""
        return not self.is_covered and bool(self.paid or self.undecided)

    @property
    def names(self) -> list[str]:
        """The plan names that this value would find: decoded, whole or one side of `internal|Label`."""
        if self.verdict is Verdict.AMBIGUOUS:
            return []
        decoded = dict.fromkeys(unescape(self.value) if name == self.value else name for name in spellings(self.value))
        return [name for name in decoded if len(name) <= LONGEST_NAME and not _holds_control_characters(name)]


@dataclass(slots=True)
class Matrix:
    """The lines, worst first, and the plans that no service names."""

    lines: list[Line]
    unnamed: set[int] = field(default_factory=set)

    @property
    def open_lines(self) -> list[Line]:
        return [line for line in self.lines if line.is_open]

    def line(self, key: str) -> Line | None:
        """The line of this key."""
        return next((line for line in self.lines if line.key == key), None)


def build_matrix(counts: Iterable[Count], plans: Mapping[str, int], fallback_plan_id: int | None) -> Matrix:
    """Compare the services' values with `plans` (name -> id). A missing value counts as an empty one."""
    lines: dict[str, Line] = {}
    for count in counts:
        value = count.value or ""
        if value not in lines:
            lines[value] = Line(value, *_judge(value, plans, fallback_plan_id))
        _add(lines[value], count)
    named = {line.plan_id for line in lines.values() if line.verdict is Verdict.MATCHED}
    return Matrix(sorted(lines.values(), key=_worst_first), set(plans.values()) - named)


def key_of(value: str) -> str:
    """The key of a value."""
    return hashlib.sha256(value.encode()).hexdigest()[:20]


def _judge(value: str, plans: Mapping[str, int], fallback_plan_id: int | None) -> tuple[Verdict, int | None]:
    found = named_plans(value, plans)
    if len(found) == 1:
        return Verdict.MATCHED, found.pop()
    if fallback_plan_id is not None:
        return Verdict.FALLBACK, fallback_plan_id
    return Verdict.AMBIGUOUS if found else Verdict.UNKNOWN if value else Verdict.MISSING, None


def _add(line: Line, count: Count) -> None:
    standing = standing_of(count.status)
    if standing is Standing.PAID:
        line.paid += count.services
        line.waiting += count.services - count.with_company
    elif standing is Standing.ENDED:
        line.ended += count.services
    else:
        line.undecided += count.services


def _worst_first(line: Line) -> tuple[bool, bool, int, str]:
    return not line.is_open, line.is_covered, -line.paid, line.value


def _holds_control_characters(name: str) -> bool:
    """Whether the name holds control characters. No form keeps them, so such a plan could never be saved again."""
    return any(unicodedata.category(character) == "Cc" for character in name)
