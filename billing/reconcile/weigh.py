"""The effect of WHMCS's facts on a company. Cached, because at the turn of a month many companies share it."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from billing.reconcile.status import company_status
from billing.reconcile.types import Action, Note, Policy
from companies.access import BillingState, Facts, Status, decide_access
from companies.access.case import shift
from plans.matching import Match, Miss, match_plan


class Weighed(NamedTuple):
    """The effect of facts on a company, independent of which company it is; `notes` say what waits for a person.

    `is_open`: billing keeps it open with these facts. `opens`: and did not do so before. `last_day` is the last day on
    which a date keeps it open.
    """

    action: Action
    after: BillingState
    notes: tuple[Note, ...]
    is_open: bool
    opens: bool
    last_day: date


@lru_cache(maxsize=4096)  # companies of one gateway share a few hundred dates and differ in little else
def weigh(
    status: str, due_date: date | None, plan_value: str | None, override_until: date | None,
    before: BillingState, company: Facts, is_unreadable: bool, policy: Policy,
) -> Weighed:  # fmt: skip
    """The effect of these facts on a company in this state."""
    plan = resolve_plan(plan_value, policy)
    notes = (plan,) if isinstance(plan, Note) else ()
    after = _state_after(status, due_date, before.plan_id if isinstance(plan, Note) else plan, override_until, before)
    was_open = _is_open(company, None, policy)
    is_open = _is_open(company, after, policy)
    if was_open and not is_open:
        action = Action.LOSE
    else:
        action = Action.UPDATE if after != before or is_unreadable else Action.REMEMBER
    return Weighed(action, after, notes, is_open, opens=is_open and not was_open, last_day=_last_day(company, after))


def resolve_plan(plan_value: str | None, policy: Policy) -> int | Note:
    """The id of the plan that a service names, or of the fallback plan, or else a note that explains the miss."""
    match = match_plan(plan_value or "", policy.plans)
    if isinstance(match, Match):
        return match.plan_id
    return explain_miss(match) if policy.fallback_plan_id is None else policy.fallback_plan_id


def explain_miss(miss: Miss) -> Note:
    """A note with both spellings and their differences, for the operator."""
    return Note(
        "plan_unknown",
        {
            "value": miss.value_shown,
            "nearest": miss.nearest_shown or "",
            "differences": ",".join(miss.differences),
            "ambiguous": "yes" if miss.ambiguous else "",
        },
    )


def _state_after(
    word: str, due_date: date | None, plan_id: int, override_until: date | None, before: BillingState
) -> BillingState:
    """The state after the facts. Pending never changes an existing company."""
    status = company_status(word)
    if status is None:
        return before
    return BillingState(status.value, due_date, plan_id, override_until)


def _last_day(company: Facts, state: BillingState) -> date:
    if state.due_date is None:
        return date.max
    return max(shift(state.due_date, company.grace_days), state.override_until or date.min)


def _is_open(company: Facts, state: BillingState | None, policy: Policy) -> bool:
    """Whether billing keeps a company open at the run's moment: by the stored facts, or with `state`, if
    the current reading is the evidence.

    Holds and locks of operators are ignored: a loss by billing counts even while a hold still keeps the company open.
    """
    facts = company.by_billing_alone()
    if state is not None:
        facts = facts._replace(
            status=Status(state.status), due_date=state.due_date, override_until=state.override_until,
            read_at=policy.began_at if policy.is_read else company.read_at,
        )  # fmt: skip
    return decide_access(facts, now=policy.began_at, zone=policy.zone).is_open
