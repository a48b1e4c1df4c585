"""The deciding core: compares what WHMCS says with what is stored here. Plain Python.

No Django, no clock, no I/O: time is an argument and rows are tuples, so every rule can be tested without a database.
"""

from billing.reconcile.decide import decide
from billing.reconcile.safety import FEWEST_OTHERS, is_mass_absence, is_mass_change, is_other_whmcs
from billing.reconcile.status import ENDED_WORDS, PAID_WORDS, Standing, company_status, has_ended, standing_of
from billing.reconcile.together import decide_together
from billing.reconcile.types import (
    Action,
    Decision,
    Note,
    Observed,
    ObservedCompany,
    Policy,
    observed_company_of,
    observed_of,
)
from billing.reconcile.weigh import explain_miss

__all__ = [
    "ENDED_WORDS",
    "FEWEST_OTHERS",
    "PAID_WORDS",
    "Action",
    "Decision",
    "Note",
    "Observed",
    "ObservedCompany",
    "Policy",
    "Standing",
    "company_status",
    "decide",
    "decide_together",
    "explain_miss",
    "has_ended",
    "is_mass_absence",
    "is_mass_change",
    "is_other_whmcs",
    "observed_company_of",
    "observed_of",
    "standing_of",
]
