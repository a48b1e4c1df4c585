"""Decides on several services in one step, because services of the same company or client affect each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from billing.facts import ServiceFacts
from billing.reconcile.decide import current_siblings, decide
from billing.reconcile.status import Standing, standing_of
from billing.reconcile.types import Action, Decision, Observed, ObservedCompany, Policy


def decide_together(
    rows: Sequence[ServiceFacts],
    observed: Mapping[int, Observed],
    ended_companies: Mapping[int, ObservedCompany],
    policy: Policy,
) -> list[Decision]:
    """Decide on services, in the order of their ids.

    `observed` are our rows by service id. `ended_companies` are companies with only ended services, by client:
    the first purchase of a client re-opens such a company, a second one becomes a new company.
    """
    together = {row.service_id: row for row in rows}
    to_reopen = {client: one for client, one in ended_companies.items() if not _has_come_back(one, together)}
    reopened_by: dict[int | None, ServiceFacts] = {}
    decisions = []
    for row in sorted(rows):
        ended_company = to_reopen.get(row.client_id)
        decision = decide(row, observed.get(row.service_id), policy, ended_company=ended_company, together=together)
        if decision.action is Action.REOPEN:
            del to_reopen[row.client_id]
            reopened_by[decision.company_id] = row
        decisions.append(decision)
    if reopened_by:
        decisions = [_decide_beside(reopened_by.get(one.company_id), one, policy, together) for one in decisions]
    return list(_change_once(decisions))


def _has_come_back(company: ObservedCompany, together: Mapping[int, ServiceFacts]) -> bool:
    """Whether one of the company's own services is active again, so that no purchase has to re-open it."""
    now = current_siblings(company, together)
    return any(standing_of(service.status) not in {Standing.ENDED, Standing.WAITING} for service in now)


def _decide_beside(
    purchase: ServiceFacts | None, decision: Decision, policy: Policy, together: Mapping[int, ServiceFacts]
) -> Decision:
    """Decide again on another service of a company that `purchase` re-opens, now with the purchase as a sibling."""
    observed = decision.observed
    if purchase is None or observed is None or observed.company is None:
        return decision
    company = observed.company._replace(siblings=(*observed.company.siblings, purchase))
    return decide(together[decision.facts.service_id], observed._replace(company=company), policy, together=together)


def _change_once(decisions: Iterable[Decision]) -> Iterator[Decision]:
    """Each company is changed by its first decision: if a third service governs it, two others lead to the same."""
    changed: set[int] = set()
    for one in decisions:
        if one.company_id is None or one.before == one.after:
            yield one
        elif one.company_id in changed:
            yield one._replace(action=Action.REMEMBER, after=one.before, opens=False)
        else:
            changed.add(one.company_id)
            yield one
