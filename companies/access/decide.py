"""Whether a company is open today, and why. Plain Python: facts and a time go in, a verdict comes out.

Nothing here is stored and no job has to flip a row for grace to end: the verdict is computed whenever it is asked.
"""

from datetime import datetime, tzinfo
from typing import NamedTuple

from companies.access.case import Case
from companies.access.rules import RULES, Rule
from companies.access.types import Access, Facts


class Step(NamedTuple):
    """One rule with its verdict: None where it does not decide, or, unless `is_asked`, where an earlier one did."""

    rule: Rule
    access: Access | None
    is_asked: bool


def decide_access(facts: Facts, *, now: datetime, zone: tzinfo) -> Access:
    """The company's access at `now` (aware); `zone` says what day it is and when a day ends. First match wins."""
    case = Case(facts, now.astimezone(zone).date(), zone)
    return next(access for decide in RULES.values() if (access := decide(case)) is not None)


def explain_access(facts: Facts, *, now: datetime, zone: tzinfo) -> list[Step]:
    """The same, with each rule's verdict."""
    case = Case(facts, now.astimezone(zone).date(), zone)
    steps: list[Step] = []
    is_asked = True
    for rule, decide in RULES.items():
        access = decide(case) if is_asked else None
        steps.append(Step(rule, access, is_asked))
        is_asked = is_asked and access is None
    return steps
