"""What a run would have written by now about companies of several services.

A preview writes nothing, so what it decided about one page has to be seen by the next one in another way. Plain Python.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from billing.facts import ServiceFacts
from billing.reconcile import Action, Decision, Observed, ObservedCompany
from companies.access import BillingState, Status


@dataclass(slots=True)
class Written:
    """The facts of services and the states of companies. Losses are not among them: a run writes those at its end."""

    _facts: dict[int, ServiceFacts] = field(default_factory=dict)
    _states: dict[int, BillingState] = field(default_factory=dict)

    def add(self, decision: Decision) -> None:
        """Take in a decision, if others may depend on it."""
        company = decision.observed.company if decision.observed else None
        if company is None or not company.siblings or decision.action in {Action.NOTHING, Action.LOSE}:
            return
        self._facts[decision.facts.service_id] = decision.facts
        if decision.after is not None:
            self._states[company.company_id] = decision.after

    def over(self, observed: Mapping[int, Observed]) -> Mapping[int, Observed]:
        """Our rows as they would be."""
        if not self._facts:
            return observed
        return {
            number: row._replace(company=self._over_company(row.company)) if row.company else row
            for number, row in observed.items()
        }

    def _over_company(self, company: ObservedCompany) -> ObservedCompany:
        siblings = tuple(self._facts.get(one.service_id, one) for one in company.siblings)
        state = self._states.get(company.company_id, company.state)
        facts = company.access_facts._replace(
            status=Status(state.status), due_date=state.due_date, override_until=state.override_until
        )
        return company._replace(state=state, access_facts=facts, siblings=siblings)
