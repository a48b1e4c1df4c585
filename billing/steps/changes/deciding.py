"""From WHMCS's facts about some services to decisions about them."""

from collections.abc import Container, Sequence
from datetime import datetime

from billing.facts import ServiceFacts
from billing.models import WhmcsGateway
from billing.reconcile import Decision, Policy, decide_together
from billing.steps.changes.observe import load_ended_companies, load_observed


def observe_and_decide(
    gateway: WhmcsGateway, rows: Sequence[ServiceFacts], policy: Policy, now: datetime, *, taken: Container[int] = ()
) -> list[Decision]:
    """Compare services with our rows and decide; reads, writes nothing.

    `taken` are companies that other purchases of the same preview already re-open: a preview writes no rows, so it has
    to say so itself.
    """
    observed = load_observed(gateway, [row.service_id for row in rows], now)
    without_company = [row.client_id for row in rows if not ((seen := observed.get(row.service_id)) and seen.company)]
    ended = load_ended_companies(gateway, without_company, now) if without_company else {}
    free = {client: company for client, company in ended.items() if company.company_id not in taken}
    return decide_together(rows, observed, free, policy)
