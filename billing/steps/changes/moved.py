"""Company events about services that WHMCS moved to another client.

The company moves with its service. Its event explains later why its name and address are another client's, and the
events of the new client's other companies say what was added to them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from billing.models import Kind, Subscription, WhmcsGateway
from billing.reconcile import Decision
from billing.wording import reasons
from companies.events import Actor, Code
from companies.models import Company
from companies.story import new_event, tell

MOST_NAMES = 3


def tell_moves_unlocked(gateway: WhmcsGateway, decisions: Iterable[Decision], *, actor: Actor, at: datetime) -> None:
    """Write events for the moved services. Call it inside `lease.writing()`, before updating their rows."""
    moved = [decision for decision in decisions for note in decision.notes if note.kind == Kind.CLIENT_CHANGED]
    if not moved:
        return
    here = _load_companies(gateway, {decision.facts.client_id for decision in moved})
    names = dict(Company.objects.filter(pk__in=[d.company_id for d in moved]).values_list("pk", "name"))
    tell([
        new_event(company_id, code, actor, at, reason=reason)
        for decision in moved
        for company_id, code, reason in _told(decision, names, here[decision.facts.client_id])
    ])  # fmt: skip


def _load_companies(gateway: WhmcsGateway, client_ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """For each client, the id and name of the companies that they have here before the move."""
    rows = Subscription.objects.filter(gateway_id=gateway.pk, client_id__in=list(client_ids), company__isnull=False)
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for client_id, company_id, name in rows.order_by("pk").values_list("client_id", "company_id", "company__name"):
        found[client_id][company_id or 0] = name
    return found


def _told(decision: Decision, names: Mapping[int, str], theirs: Mapping[int, str]) -> Iterator[tuple[int, Code, str]]:
    """The events of one move: one for the company that moved, one for each other company of its new client."""
    company_id, facts, observed = decision.company_id, decision.facts, decision.observed
    if company_id is None or observed is None:
        return
    move = {
        "number": facts.service_id, "number_before": observed.facts.client_id, "number_after": facts.client_id,
    }  # fmt: skip
    others = {pk: name for pk, name in theirs.items() if pk != company_id}
    if others:
        shown = ", ".join([*list(others.values())[:MOST_NAMES], *(["…"] if len(others) > MOST_NAMES else [])])
        yield company_id, Code.SERVICE_MOVED, reasons.MOVED_BESIDE(**move, text=shown)
    else:
        yield company_id, Code.SERVICE_MOVED, reasons.MOVED(**move)
    for pk in others:
        yield pk, Code.SERVICE_JOINED, reasons.JOINED(**move, text=names[company_id])
