"""Is this still the same WHMCS? After a restore or a DNS change, the same ids may belong to other clients.

WHMCS's facts about a service are worthless if the service now belongs to another client. So before a run changes
anything, it counts known services that belong to another client now, and compares a few clients with our companies.
"""

from collections.abc import Sequence

from django.db.models import QuerySet

from billing.errors import BillingError, ClientNotFound, ErrorCode
from billing.models import HeldChanges, Subscription, WhmcsGateway
from billing.reconcile import FEWEST_OTHERS, PAID_WORDS, Action, Decision, is_other_whmcs
from billing.steps.clients.details import contact_of
from billing.steps.run.context import Context
from billing.steps.safeguards import holding
from companies.lifecycle import Contact
from companies.models import Company
from companies.people.emails import InvalidEmail, canonical_email

SAMPLE, LARGER_SAMPLE = 5, 20
# How many rows are looked at for each client of a sample, because a client may have several services.
FEW_SERVICES = 5
OTHER_WHMCS = HeldChanges.Kind.OTHER_WHMCS
_HARMLESS = {Action.NOTHING, Action.REMEMBER}


def ensure_same(context: Context, decisions: Sequence[Decision]) -> None:
    """Raise UnsafeChangeSet if too many clients are others than before. Call it before applying `decisions`."""
    if is_accepted(context):
        return
    _ensure_same_owners(context, decisions)
    if context.identity.is_sampled or all(decision.action in _HARMLESS for decision in decisions):
        return
    if _compare_clients(context, SAMPLE):
        _compare_clients(context, LARGER_SAMPLE)
    context.identity.is_sampled = True


def ensure_same_contacts(context: Context, read: Sequence[tuple[Subscription, Contact | None]]) -> None:
    """Raise UnsafeChangeSet if too many companies would get another email address."""
    if not is_accepted(context):
        compared = {
            row.client_id: is_somebody_else(row.company, contact) for row, contact in read if row.company and contact
        }
        _refuse_others(context, sum(compared.values()), of=len(compared))


def is_somebody_else(company: Company, contact: Contact) -> bool:
    """Whether the email address differs. A client may change it now and then, but never many at a time."""
    return bool(company.email) and company.email != contact.email


def is_accepted(context: Context) -> bool:
    """Whether an operator has confirmed that the other clients are right."""
    identity = context.identity
    if identity.is_accepted is None:
        identity.is_accepted = holding.load_approved(context.gateway, OTHER_WHMCS, context.at) is not None
    return identity.is_accepted


def count_owned(decisions: Sequence[Decision], moved: set[int]) -> int:
    """Count the known services, and add to `moved` the clients whose service now belongs to another client."""
    known = [(one.observed.facts, one.facts) for one in decisions if one.observed and one.company]
    moved.update(before.client_id for before, now in known if before.client_id != now.client_id)
    return len(known)


def _ensure_same_owners(context: Context, decisions: Sequence[Decision]) -> None:
    """Count clients, not services: a client merged into another moves all its services, but counts once."""
    known = count_owned(decisions, context.identity.moved)
    _refuse_others(context, len(context.identity.moved), of=known + context.report.tally.counts["unchanged"])


def _refuse_others(context: Context, different: int, *, of: int) -> None:
    if is_other_whmcs(different, of=of):
        params = {"different": str(different), "compared": str(of)}
        holding.refuse_all(context, OTHER_WHMCS, ErrorCode.OTHER_WHMCS, params)


def _compare_clients(context: Context, size: int) -> int:
    """Compare the clients whose details were read last with WHMCS's present answers; returns how many differ."""
    sample = load_sample(context.gateway, size)
    if len(sample) < FEWEST_OTHERS:
        return 0
    with context.progress.phase("identity"):
        found = [_is_other(context, row.client_id, row.company) for row in sample if row.company]
    answers = [answer for answer in found if answer is not None]
    _refuse_others(context, sum(answers), of=len(answers))
    return sum(answers)


def load_sample(gateway: WhmcsGateway, size: int) -> list[Subscription]:
    """One service each of the clients whose details were read last."""
    of_clients: dict[int, Subscription] = {}
    for row in read_last(gateway)[: size * FEW_SERVICES]:
        of_clients.setdefault(row.client_id, row)
    return list(of_clients.values())[:size]


def read_last(gateway: WhmcsGateway) -> "QuerySet[Subscription]":
    """The paid services of companies whose clients' details were read, latest first; an index has this order.

    Clients who have left are not compared: their details are no longer updated, and shops delete them.
    """
    rows = Subscription.objects.existing().filter(gateway_id=gateway.pk, company__isnull=False, status__in=PAID_WORDS)
    return rows.filter(details_read_at__isnull=False).select_related("company").order_by("-details_read_at", "-pk")


def _is_other(context: Context, client_id: int, company: Company) -> bool | None:
    """Whether the client of this company is somebody else now; None if WHMCS's answer can't tell."""
    try:
        client = context.client.fetch_client(client_id)
        contact = contact_of(
            client, canonical_email(client.email), prefer_company_name=context.gateway.prefer_company_name
        )
    except ClientNotFound:
        return True
    except (BillingError, InvalidEmail):
        return None
    return is_somebody_else(company, contact)
