"""The first import of a gateway: a wrong product code could create hundreds of companies, so many need approval."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from billing.errors import BillingError, ErrorCode
from billing.models import HeldChanges, WhmcsGateway
from billing.reconcile import Action, Decision
from billing.steps.changes.deciding import observe_and_decide
from billing.steps.run.context import Context
from billing.steps.safeguards import holding
from billing.whmcs import Page

UNASKED = 50
SHOWN = 20
FIRST_IMPORT = HeldChanges.Kind.FIRST_IMPORT


@dataclass(slots=True)
class _Survey:
    """What a first import would create."""

    seen: int = 0
    plans: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    first: list[dict[str, Any]] = field(default_factory=list)

    @property
    def new(self) -> int:
        return self.plans.total()

    def as_figures(self) -> dict[str, Any]:
        """`new` companies from `seen` services, their `plans`, how many services would wait, and the `first` ones."""
        plans = dict(sorted(self.plans.items()))
        return {"new": self.new, "seen": self.seen, "plans": plans, "waiting": self.waiting, "first": self.first}


def is_first_import(gateway: WhmcsGateway) -> bool:
    """Whether the gateway has never been read completely. Single services may have been: they need no approval."""
    return gateway.confirmed_at is None


def ensure_expected(context: Context, pages: Iterable[Page]) -> Iterator[Page]:
    """Yield the pages of a first import, as long as they create no more companies than allowed.

    Without approval 50 in all are allowed, so the pages are kept back until all are read. An approval allows as many as
    the operator was shown, and 50 more that were bought meanwhile. If there are more, asks for approval and raises
    UnsafeChangeSet.
    """
    approved = holding.load_approved(context.gateway, FIRST_IMPORT, context.at)
    allowed = UNASKED + (approved.figures["new"] if approved else 0)
    survey = _Survey()
    if approved:
        for page in pages:
            # Helpers do not count: let them help only if the list is about as long as when it was approved.
            context.may_be_helped = (context.progress.expected or 0) <= approved.figures["seen"] + UNASKED
            _add_page(context, survey, page)
            _ensure_few(context, survey, allowed)
            yield page
    else:
        yield from _survey(context, survey, pages, allowed)


def _survey(context: Context, survey: _Survey, pages: Iterable[Page], allowed: int) -> Iterator[Page]:
    kept: list[Page] = []
    failure: BillingError | None = None
    try:
        for page in pages:
            context.go_on()
            context.give_way()
            _add_page(context, survey, page)
            kept.append(page)
            if survey.new > allowed:
                kept.clear()
    except BillingError as error:
        failure = error
    _ensure_few(context, survey, allowed)
    yield from kept
    if failure is not None:
        raise failure


def _ensure_few(context: Context, survey: _Survey, allowed: int) -> None:
    if survey.new + len(context.out_of_turn.provisioned) > allowed:
        params = {"new": str(survey.new), "seen": str(survey.seen)}
        holding.refuse_all(context, FIRST_IMPORT, ErrorCode.FIRST_IMPORT, params, survey.as_figures())


def _add_page(context: Context, survey: _Survey, page: Page) -> None:
    survey.seen = context.progress.read  # counts a service once even if two pages differ about it
    for decision in observe_and_decide(context.gateway, page.rows, context.policy, context.at):
        _add(survey, decision, context.policy.plan_names)


def _add(survey: _Survey, decision: Decision, plan_names: dict[int, str]) -> None:
    survey.waiting += decision.is_held
    if decision.action is not Action.PROVISION or decision.after is None:
        return
    facts, plan = decision.facts, plan_names[decision.after.plan_id]
    survey.plans[plan] += 1
    if len(survey.first) < SHOWN:
        due = facts.due_date.isoformat() if facts.due_date else None
        survey.first.append({"service": facts.service_id, "client": facts.client_id, "plan": plan, "due": due})
