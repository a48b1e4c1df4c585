"""Changes that take access away: gathered over the whole run, weighed together, and read a second time each."""

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from billing.errors import BillingError
from billing.models import Kind, WhmcsGateway
from billing.reconcile import Action, Decision, Policy, decide, is_mass_change
from billing.steps.observe import load_observed
from billing.whmcs import WhmcsClient
from companies.access import Status
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


def count_newly_overdue(gateway: WhmcsGateway, opened: Container[int], *, at: datetime) -> int:
    """How many companies are open only because no reading has confirmed yet that their due date passed unpaid.

    A complete reading that began at `at` would close them all at once, as after a long outage.
    """
    today = timezone.localdate(at)
    overdue = Company.objects.filter(source_id=gateway.pk, status=Status.ACTIVE.value, due_date__lt=today)
    rows = overdue.select_related("source").iterator(chunk_size=2000)
    return sum(company.pk not in opened and _would_close(company, at) for company in rows)


def figures_if_too_many(gateway: WhmcsGateway, losing: int, opened: Container[int]) -> dict[str, str] | None:
    """How many would lose access of how many open ones, where that needs somebody's yes first; else None.

    Whether it does say the gateway's two numbers. New payers of the same run (`opened`) make the share no smaller.
    """
    if not losing:
        return None
    open_now = count_open(gateway, opened)
    if is_mass_change(
        losing, of=open_now, max_count=gateway.mass_change_count, max_percent=gateway.mass_change_percent
    ):
        return {"losing": str(losing), "open": str(open_now)}
    return None


def count_losing(losses: Sequence[Decision]) -> int:
    """How many companies these losses are about."""
    return len({decision.company_id for decision in losses})


def _would_close(company: Company, at: datetime) -> bool:
    if company.source is None or not access_of(company, now=at).is_open:
        return False
    company.source.confirmed_at = at  # of this copy only: what the reading would make of it
    return not access_of(company, now=at).is_open


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
