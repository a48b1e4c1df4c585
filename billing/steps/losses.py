"""Changes that take access away: gathered over the whole run, weighed together, and read a second time each."""

from collections.abc import Container, Sequence
from dataclasses import replace

from django.utils import timezone

from billing.errors import BillingError
from billing.models import Kind, WhmcsGateway
from billing.reconcile import Action, Decision, Policy, decide, is_mass_change
from billing.steps.observe import load_observed
from billing.whmcs import WhmcsClient
from companies.facts import access_of
from companies.models import Company


def count_open(gateway: WhmcsGateway, opened: Container[int]) -> int:
    """How many companies of the gateway were open before the run, which `opened` some."""
    companies = Company.objects.filter(source_id=gateway.pk).select_related("source")
    now = timezone.now()
    return sum(
        company.pk not in opened and access_of(company, now=now).is_open
        for company in companies.iterator(chunk_size=2000)
    )


def is_held_for_approval(gateway: WhmcsGateway, losses: Sequence[Decision], opened: Container[int]) -> bool:
    """Whether so many companies would lose access that somebody has to say yes first.

    New payers of the same run make the share no smaller.
    """
    losing = len({decision.company_id for decision in losses})
    if not losing:
        return False
    return is_mass_change(
        losing,
        of=count_open(gateway, opened),
        max_count=gateway.mass_change_count,
        max_percent=gateway.mass_change_percent,
    )


def confirm(
    gateway: WhmcsGateway, client: WhmcsClient, loss: Decision, policy: Policy
) -> Decision | tuple[str, dict[str, str]]:
    """Read the one service again and decide anew.

    Returns the decision to act upon (which may be good news by now), or the kind and parameters of an attention
    item where the second reading failed or does not say the same.
    """
    service_id = loss.facts.service_id
    try:
        page = client.fetch_service(service_id)
    except BillingError as error:
        return Kind.LOSS_UNCONFIRMED, error.as_details()
    again = [row for row in page.rows if row.service_id == service_id]
    if len(again) != 1:
        return Kind.LOSS_UNCONFIRMED, {"reason": "not_listed"}
    observed = load_observed(gateway, [service_id], timezone.now()).get(service_id)
    decision = decide(again[0], observed, policy)
    if decision.action is Action.LOSE and again[0] != loss.facts:
        return Kind.LOSS_UNCONFIRMED, {"reason": "differs"}
    return replace(decision, action=Action.UPDATE) if decision.action is Action.LOSE else decision
