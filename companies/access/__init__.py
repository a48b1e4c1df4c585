"""Whether a company is open, why, and when that changes. The rules, and nothing else.

Plain Python, held by `tests/test_floors.py`: no Django, no database, no clock. Who asks them about the rows that there
are is `companies.standings`.
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
