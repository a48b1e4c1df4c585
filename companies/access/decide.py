"""Decides whether a company is open today, and why. Plain Python: facts and a time go in, a verdict comes out.

The verdict is computed on demand and never stored, so no job has to flip a row when grace ends.
"""

from datetime import datetime, tzinfo
from typing import NamedTuple

from companies.access.case import Case
from companies.access.rules import RULES, Rule
from companies.access.types import Access, Facts


class Step(NamedTuple):
    """A rule and its verdict. None if the rule does not decide or, without `is_asked`, if an earlier one did."""

    rule: Rule
    access: Access | None
    is_asked: bool


def decide_access(facts: Facts, *, now: datetime, zone: tzinfo) -> Access:
    """The company's access at `now` (aware). `zone` decides what day it is. The first matching rule wins."""
    case = Case(facts, now.astimezone(zone).date(), zone)
    return next(access for decide in RULES.values() if (access := decide(case)) is not None)


def explain_access(facts: Facts, *, now: datetime, zone: tzinfo) -> list[Step]:
    """All rules with their verdicts, for an explanation."""
    case = Case(facts, now.astimezone(zone).date(), zone)
    steps: list[Step] = []
    is_asked = True
    for rule, decide in RULES.items():
        access = decide(case) if is_asked else None
        steps.append(Step(rule, access, is_asked))
        is_asked = is_asked and access is None
    return steps
