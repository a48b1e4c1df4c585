"""One service: what WHMCS says x what stands here -> what to do, and why."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from functools import lru_cache
from types import MappingProxyType

from billing.reconcile.status import Standing, company_status, standing_of
from billing.reconcile.types import Action, Decision, Note, Observed, ObservedCompany, Policy
from billing.whmcs.facts import ServiceFacts
from companies.access import BillingState, Facts, Status, decide_access
from plans.matching import Match, Miss, match_plan


def decide(
    facts: ServiceFacts,
    observed: Observed | None,
    policy: Policy,
    *,
    ended_company: ObservedCompany | None = None,
    together: Mapping[int, ServiceFacts] = MappingProxyType({}),
) -> Decision:
    """Decide on one service.

    `ended_company` is the company of the same client that has only ended services, if there is one. `together` are the
    services, by id, that are decided on in the same breath: of several of one company only one speaks.
    """
    if standing_of(facts.status) is Standing.UNKNOWN:
        return _hold(facts, observed, Note("status_unknown", {"status": facts.status}))
    if observed is None or observed.company is None:
        return _decide_without_company(facts, observed, policy, ended_company)
    siblings = [together.get(sibling.service_id, sibling) for sibling in observed.company.siblings]
    governing = _governing((facts, *siblings)) if siblings else facts
    if governing is not facts and governing.service_id in together:
        return _spoken_for(facts, observed, observed.company)
    return _decide_with_company(facts, governing, observed, observed.company, policy)


def _decide_without_company(
    facts: ServiceFacts, observed: Observed | None, policy: Policy, ended_company: ObservedCompany | None
) -> Decision:
    if standing_of(facts.status) is not Standing.PAID:
        return _remember(facts, observed)
    plan = resolve_plan(facts, policy)
    if isinstance(plan, Note):
        return _hold(facts, observed, plan)
    after = BillingState(Status.ACTIVE.value, facts.due_date, plan, facts.override_until)
    if ended_company is None:
        return Decision(Action.PROVISION, facts, observed, after=after)
    return Decision(
        Action.REOPEN,
        facts,
        observed,
        company_id=ended_company.company_id,
        before=ended_company.state,
        after=after,
        opens=True,
    )


def _spoken_for(facts: ServiceFacts, observed: Observed, company: ObservedCompany) -> Decision:
    """Another service of the company is decided on as well, and what that says is what counts."""
    notes = tuple(_moves(facts, observed))
    return _nothing_if_known(Decision(Action.REMEMBER, facts, observed, company_id=company.company_id, notes=notes))


def _decide_with_company(
    facts: ServiceFacts, governing: ServiceFacts, observed: Observed, company: ObservedCompany, policy: Policy
) -> Decision:
    plan = resolve_plan(governing, policy)
    notes = [*_moves(facts, observed), *([plan] if isinstance(plan, Note) else [])]
    after = _state_after(governing, company.state, company.state.plan_id if isinstance(plan, Note) else plan)
    action = Action.UPDATE if after != company.state or company.is_unreadable else Action.REMEMBER
    was_open = _is_open(company.access_facts, None, policy.began_at, policy.zone)
    is_open = _is_open(company.access_facts, after, policy.began_at, policy.zone)
    if was_open and not is_open:
        action = Action.LOSE
    decision = Decision(
        action=action,
        facts=facts,
        observed=observed,
        company_id=company.company_id,
        before=company.state,
        after=after,
        notes=tuple(notes),
        is_held=isinstance(plan, Note),
        # Another service of the company speaks for it just now. Both may change in one run: look again next time.
        is_settled=not isinstance(plan, Note) and (governing is facts or facts == observed.facts),
        opens=is_open and not was_open,
    )
    return _nothing_if_known(decision)


def resolve_plan(facts: ServiceFacts, policy: Policy) -> int | Note:
    """The id of the plan that a service names, or of the fallback; else a note that explains the miss."""
    match = match_plan(facts.plan_value or "", policy.plans)
    if isinstance(match, Match):
        return match.plan_id
    return explain_miss(match) if policy.fallback_plan_id is None else policy.fallback_plan_id


def _governing(services: Iterable[ServiceFacts]) -> ServiceFacts:
    """The service that speaks for its company: a paid one before a suspended one, the newer of equals."""
    return max(services, key=lambda service: (standing_of(service.status), service.service_id))


def _state_after(governing: ServiceFacts, before: BillingState, plan_id: int) -> BillingState:
    """Pending says nothing about a company that exists: it never takes away."""
    status = company_status(governing.status)
    if status is None:
        return before
    return BillingState(status.value, governing.due_date, plan_id, governing.override_until)


@lru_cache(maxsize=4096)  # companies of one gateway share a few hundred dates, and little else differs
def _is_open(company: Facts, state: BillingState | None, at: datetime, zone: tzinfo) -> bool:
    """Whether billing keeps a company open at this moment: by the evidence so far, or (`state`) if that were so and the
    reading that began at this moment were the evidence.

    It is judged as if no operator had held or locked it: what ends with a hold is lost by billing's word before.
    """
    facts = company._replace(hold_until=None, locked_at=None)
    if state is not None:
        facts = facts._replace(
            status=Status(state.status), due_date=state.due_date, override_until=state.override_until, read_at=at
        )
    return decide_access(facts, now=at, zone=zone).is_open


def _moves(facts: ServiceFacts, observed: Observed) -> list[Note]:
    """A service that went to another client or product is followed, and somebody should know."""
    notes = []
    if facts.client_id != observed.facts.client_id:
        change = {"before": str(observed.facts.client_id), "after": str(facts.client_id)}
        notes.append(Note("client_changed", change))
    if facts.product_id != observed.facts.product_id:
        change = {"before": str(observed.facts.product_id), "after": str(facts.product_id)}
        notes.append(Note("product_changed", change))
    return notes


def _remember(facts: ServiceFacts, observed: Observed | None) -> Decision:
    return _nothing_if_known(Decision(Action.REMEMBER, facts, observed))


def _hold(facts: ServiceFacts, observed: Observed | None, note: Note) -> Decision:
    """Change nothing about a company, list the service, and look again next time.

    The row of a company keeps what was last acted upon; where there is none yet, the latest is remembered.
    """
    company = observed.company if observed else None
    kept = observed.facts if observed and company else facts
    decision = Decision(
        action=Action.REMEMBER,
        facts=kept,
        observed=observed,
        company_id=company.company_id if company else None,
        notes=(note,),
        is_held=True,
        is_settled=False,
    )
    return _nothing_if_known(decision)


def _nothing_if_known(decision: Decision) -> Decision:
    """A row that already says all of it needs no write."""
    observed = decision.observed
    if decision.action is not Action.REMEMBER or observed is None or observed.is_vanished:
        return decision
    if observed.facts == decision.facts and observed.is_settled == decision.is_settled:
        return decision._replace(action=Action.NOTHING)
    return decision


def explain_miss(miss: Miss) -> Note:
    """Both spellings and how they differ, for the operator."""
    return Note(
        "plan_unknown",
        {
            "value": miss.value_shown,
            "nearest": miss.nearest_shown or "",
            "differences": ",".join(miss.differences),
            "ambiguous": "yes" if miss.ambiguous else "",
        },
    )
