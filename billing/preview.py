"""What a sync would do now: reads WHMCS and our rows, decides, writes nothing."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from billing.models import AttentionItem, WhmcsGateway
from billing.reconcile import Action, Decision, Policy
from billing.steps import losses
from billing.steps.first_import import UNASKED, is_first_import
from billing.steps.observe import load_changed
from billing.steps.page import decide_rows
from billing.steps.policy import load_policy, must_decide_all
from billing.whmcs import BadRow, Listing
from companies.events import Code
from companies.lifecycle import described


@dataclass(slots=True)
class Preview:
    """The counts of a run that was not made, and one line for each thing that it would do, refuse or fail at."""

    gateway: WhmcsGateway
    complete: bool = False
    api_calls: int = 0
    would_hold: bool = False
    seen: set[int] = field(default_factory=set)
    plan_names: dict[int, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def add(self, result: str, what: str, service_id: int | None, **details: Any) -> None:
        self.counts[result] += 1
        self.lines.append({"result": result, "what": what, "service_id": service_id, **details})


def preview_gateway(gateway: WhmcsGateway, *, service_id: int | None = None) -> Preview:
    """Preview a sync. Raises BillingError where WHMCS can't be read."""
    policy = load_policy(gateway, began_at=timezone.now())
    preview = Preview(gateway, plan_names={pk: name for name, pk in policy.plans.items()})
    decide_all = must_decide_all(gateway, policy)
    losing: list[Decision] = []
    with gateway.client() as client:
        listing = Listing(client, product_id=gateway.product_code)
        pages = listing if service_id is None else [client.fetch_service(service_id)]
        for page in pages:
            preview.seen.update(row.service_id for row in page.rows)
            changed = load_changed(gateway, page.rows, decide_all=decide_all)
            preview.counts["unchanged"] += len(page.rows) - len(changed)
            for bad in page.bad:
                _add_bad(preview, bad)
            for decision in decide_rows(gateway, changed, policy, policy.began_at):
                _add(preview, decision)
                losing += [decision] if decision.action is Action.LOSE else []
        preview.complete = listing.complete or service_id is not None
        preview.api_calls = client.api_calls
    if listing.complete:
        losing += _add_overdue(preview, policy, losing)
    preview.would_hold = _would_hold(preview, losing)
    preview.counts["attention"] = AttentionItem.objects.waiting().filter(gateway=gateway).count()
    return preview


def _add_overdue(preview: Preview, policy: Policy, losing: list[Decision]) -> list[Decision]:
    """The companies about which WHMCS says nothing new and that this reading would close by their due date."""
    besides = {loss.company_id for loss in losing if loss.company_id is not None}
    overdue = list(losses.load_overdue(preview.gateway, policy, besides=besides).values())
    for loss in overdue:
        preview.counts["unchanged"] -= loss.facts.service_id in preview.seen
        preview.add("changed", Code.CLOSED_OVERDUE.value, loss.facts.service_id, company_id=loss.company_id)
    return overdue


def _would_hold(preview: Preview, losing: list[Decision]) -> bool:
    """Whether a run would wait for a yes; a yes that was given already is not looked at."""
    if is_first_import(preview.gateway) and preview.counts["created"] > UNASKED:
        return True
    of_open = losses.count_open(preview.gateway, frozenset())
    return losses.are_too_many(preview.gateway, losses.count_losing(losing), of=of_open)


def _add(preview: Preview, decision: Decision) -> None:
    result = {Action.PROVISION: "created", Action.NOTHING: "unchanged", Action.REMEMBER: "unchanged"}.get(
        decision.action, "changed"
    )
    if decision.is_held and decision.action in {Action.NOTHING, Action.REMEMBER}:
        result = "held"
    if result == "unchanged":
        preview.counts["unchanged"] += 1
        return
    preview.add(
        result,
        decision.notes[0].kind if result == "held" else decision.action.value,
        decision.facts.service_id,
        company_id=decision.company_id,
        before=described(decision.before, preview.plan_names) if decision.before else {},
        after=described(decision.after, preview.plan_names) if decision.after else {},
        notes=[dict(note.params) | {"kind": str(note.kind)} for note in decision.notes],
    )


def _add_bad(preview: Preview, bad: BadRow) -> None:
    preview.add("failed", "bad_row", bad.service_id, reason=str(bad))
