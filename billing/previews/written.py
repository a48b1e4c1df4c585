"""What a run would have written by now about companies that a later page may be about, too.

A preview writes nothing, so what it decided about one page has to be seen by the next one in another way. Plain Python.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from billing.facts import ServiceFacts
from billing.reconcile import Action, Decision, ObservedCompany, has_ended
from companies.access import BillingState, Status


@dataclass(slots=True)
class Written:
    """The facts of services and the states of companies. Losses are not among them: a run writes those at its end.

    `_joined` are purchases, by the company that they re-open: it has no row of theirs.
    """

    _facts: dict[int, ServiceFacts] = field(default_factory=dict)
    _states: dict[int, BillingState] = field(default_factory=dict)
    _joined: dict[int, list[ServiceFacts]] = field(default_factory=lambda: defaultdict(list))

    def add(self, decision: Decision) -> None:
        """Take in a decision, if others may depend on it."""
        company_id, after = decision.company_id, decision.after
        if company_id is None or decision.action in {Action.NOTHING, Action.LOSE} or not _may_matter(decision):
            return
        if decision.action is Action.REOPEN:
            self._joined[company_id].append(decision.facts)
        self._facts[decision.facts.service_id] = decision.facts
        if after is not None:
            self._states[company_id] = after

    def over(self, company: ObservedCompany) -> ObservedCompany:
        """The company as its row would be."""
        if not self._facts:
            return company
        siblings = [self._facts.get(one.service_id, one) for one in company.siblings]
        state = self._states.get(company.company_id, company.state)
        facts = company.access_facts._replace(
            status=Status(state.status), due_date=state.due_date, override_until=state.override_until
        )
        joined = self._joined.get(company.company_id, ())
        return company._replace(state=state, access_facts=facts, siblings=(*siblings, *joined))


def _may_matter(decision: Decision) -> bool:
    """Whether the company has other services, or a purchase of its client may re-open it or may have done so."""
    has_others = bool(decision.company and decision.company.siblings)
    return has_others or any(state and has_ended(state) for state in (decision.before, decision.after))
