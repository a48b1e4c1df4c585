"""Decides on one service: WHMCS's facts x our row -> what to do, and why."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from billing.facts import ServiceFacts
from billing.reconcile.status import Standing, standing_of
from billing.reconcile.types import Action, Decision, Note, Observed, ObservedCompany, Policy, decision_of
from billing.reconcile.weigh import Weighed, resolve_plan, weigh
from companies.access import BillingState, Status


def decide(
    facts: ServiceFacts,
    observed: Observed | None,
    policy: Policy,
    *,
    ended_company: ObservedCompany | None = None,
    together: Mapping[int, ServiceFacts] = MappingProxyType({}),
) -> Decision:
    """Decide on one service.

    `ended_company` is a company of the same client with only ended services, if there is one. `together` are the
    services, by id, that are decided in the same step: if a company has several, only one of them governs it.
    """
    if standing_of(facts.status) is Standing.UNKNOWN:
        return _hold(facts, observed, Note("status_unknown", {"status": facts.status}))
    company = observed.company if observed else None
    if observed is None or company is None:
        return _decide_without_company(facts, observed, policy, ended_company)
    if not company.siblings:
        return _decide_with_company(facts, facts, observed, company, policy)
    siblings = current_siblings(company, together)
    governing = _governing((facts, *siblings), company, policy)
    if governing is not facts and governing is together.get(governing.service_id):
        return _spoken_for(facts, observed, company)
    return _decide_with_company(facts, governing, observed, company, policy)


def current_siblings(company: ObservedCompany, together: Mapping[int, ServiceFacts]) -> list[ServiceFacts]:
    """The latest facts of a company's other services, including those that are decided in the same step.

    An unknown status changes nothing, so for such a service the facts last acted upon count.
    """
    now = [(sibling, together.get(sibling.service_id, sibling)) for sibling in company.siblings]
    return [was if standing_of(new.status) is Standing.UNKNOWN else new for was, new in now]


def _decide_without_company(
    facts: ServiceFacts, observed: Observed | None, policy: Policy, ended_company: ObservedCompany | None
) -> Decision:
    if standing_of(facts.status) is not Standing.PAID:
        return _remember(facts, observed)
    plan = resolve_plan(facts.plan_value, policy)
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
    """Another service of the company is decided in the same step and governs it, so this one is only stored."""
    notes = _moves(facts, observed)
    return _nothing_if_known(Decision(Action.REMEMBER, facts, observed, company_id=company.company_id, notes=notes))


def _decide_with_company(
    facts: ServiceFacts, governing: ServiceFacts, observed: Observed, company: ObservedCompany, policy: Policy
) -> Decision:
    action, after, waits, _, opens, _ = _weigh(governing, company, policy)
    is_held = bool(waits)
    # If another service governs the company, both may change in one run, so look again next time.
    is_settled = not is_held and (governing is facts or facts == observed.facts)
    notes = _moves(facts, observed) + waits
    decision = decision_of((
        action, facts, observed, company.company_id, company.state, after, notes, is_held, is_settled, opens, True
    ))  # fmt: skip
    return _nothing_if_known(decision)


def _governing(services: Iterable[ServiceFacts], company: ObservedCompany, policy: Policy) -> ServiceFacts:
    """The service that governs its company: a paid one before a suspended one, then one that keeps the company open
    before one whose due date has passed, then the newer. If all due dates have passed, it is the one whose date passed
    last, because the company was open until then."""

    def rank(service: ServiceFacts) -> tuple[Standing, bool, date, int]:
        standing, weighed = standing_of(service.status), _weigh(service, company, policy)
        has_passed = standing is Standing.PAID and not weighed.is_open
        return standing, weighed.is_open, weighed.last_day if has_passed else date.min, service.service_id

    return max(services, key=rank)


def _weigh(service: ServiceFacts, company: ObservedCompany, policy: Policy) -> Weighed:
    return weigh(
        service.status, service.due_date, service.plan_value, service.override_until,
        company.state, company.access_facts, company.is_unreadable, policy,
    )  # fmt: skip


def _moves(facts: ServiceFacts, observed: Observed) -> tuple[Note, ...]:
    """Notes for an operator if the service moved to another client or product. It is followed there."""
    was = observed.facts
    if facts.client_id == was.client_id and facts.product_id == was.product_id:
        return ()
    pairs = {"client_changed": (was.client_id, facts.client_id), "product_changed": (was.product_id, facts.product_id)}
    return tuple(
        Note(kind, {"before": str(before), "after": str(after)})
        for kind, (before, after) in pairs.items()
        if before != after
    )


def _remember(facts: ServiceFacts, observed: Observed | None) -> Decision:
    return _nothing_if_known(Decision(Action.REMEMBER, facts, observed))


def _hold(facts: ServiceFacts, observed: Observed | None, note: Note) -> Decision:
    """Change nothing about the company, report the service, and look again next time.

    With a company, the row keeps the facts last acted upon; without one, it stores the latest facts.
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
    """Turn REMEMBER into NOTHING if the row already has these facts, so that it costs no write."""
    if decision.action is not Action.REMEMBER:
        return decision
    observed = decision.observed
    if observed is None or observed.is_vanished:
        return decision
    if observed.facts == decision.facts and observed.is_settled == decision.is_settled:
        return decision._replace(action=Action.NOTHING)
    return decision
