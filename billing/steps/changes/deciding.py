"""From WHMCS's facts about some services to decisions about them."""

from collections.abc import Sequence
from datetime import datetime

from billing.facts import ServiceFacts
from billing.models import WhmcsGateway
from billing.reconcile import Decision, Policy, decide_together
from billing.steps.changes.observe import Over, as_stored, load_ended_companies, load_observed


def observe_and_decide(
    gateway: WhmcsGateway, rows: Sequence[ServiceFacts], policy: Policy, now: datetime, *, over: Over = as_stored
) -> list[Decision]:
    """Compare services with our rows and decide; reads, writes nothing.

    A preview writes no rows, so it has to say itself what it has decided before: `over` puts that over our companies.
    """
    observed = load_observed(gateway, [row.service_id for row in rows], now, over)
    without_company = [row.client_id for row in rows if not ((seen := observed.get(row.service_id)) and seen.company)]
    ended = load_ended_companies(gateway, without_company, now, over) if without_company else {}
    return decide_together(rows, observed, ended, policy)
