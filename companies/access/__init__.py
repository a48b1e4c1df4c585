"""The rules of access: whether a company is open, why, and when that changes.

Plain Python without Django, database or clock (`tests/test_floors.py` checks that). `companies.standings` applies the
rules to rows.
"""

from companies.access.case import Case
from companies.access.decide import Step, decide_access, explain_access
from companies.access.rules import Rule
from companies.access.types import Access, BillingState, Facts, Reason, State, Status

__all__ = [
    "Access",
    "BillingState",
    "Case",
    "Facts",
    "Reason",
    "Rule",
    "State",
    "Status",
    "Step",
    "decide_access",
    "explain_access",
]
