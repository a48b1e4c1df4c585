"""From WHMCS's facts about some services to decisions about them."""

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime

from billing.facts import ServiceFacts
from billing.models import WhmcsGateway
from billing.reconcile import Decision, Observed, Policy, decide_together
from billing.steps.changes.observe import load_ended_companies, load_observed

Over = Callable[[Mapping[int, Observed]], Mapping[int, Observed]]


def observe_and_decide(
    gateway: WhmcsGateway, rows: Sequence[ServiceFacts], policy: Policy, now: datetime, *,
    taken: Container[int] = (), over: Over | None = None,
) -> list[Decision]:  # fmt: skip
    """Compare services with our rows and decide; reads, writes nothing.

    A preview writes no rows, so it has to say itself what it has decided before: `taken` are companies that other
    purchases already re-open, and `over` puts earlier decisions over our rows.
    """
    observed: Mapping[int, Observed] = load_observed(gateway, [row.service_id for row in rows], now)
    if over is not None:
        observed = over(observed)
    without_company = [row.client_id for row in rows if not ((seen := observed.get(row.service_id)) and seen.company)]
    ended = load_ended_companies(gateway, without_company, now) if without_company else {}
    free = {client: company for client, company in ended.items() if company.company_id not in taken}
    return decide_together(rows, observed, free, policy)
