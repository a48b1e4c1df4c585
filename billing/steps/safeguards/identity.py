"""Is this still the same WHMCS? A restored copy or a moved name answers with other clients under known numbers.

What WHMCS says about a service is worth nothing where the service has become somebody else's. So before a run changes
anything it counts the known services that are another client's now, and compares a few clients with what stands here.
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
# To find so many different clients, on average so many rows for each are looked at.
FEW_SERVICES = 5
OTHER_WHMCS = HeldChanges.Kind.OTHER_WHMCS
_HARMLESS = {Action.NOTHING, Action.REMEMBER}


def ensure_same(context: Context, decisions: Sequence[Decision]) -> None:
    """Raise UnsafeChangeSet, before `decisions` are applied, if they are about other clients than before."""
    if is_accepted(context):
        return
    _ensure_same_owners(context, decisions)
    if context.identity.is_sampled or all(decision.action in _HARMLESS for decision in decisions):
        return
    if _compare_clients(context, SAMPLE):
        _compare_clients(context, LARGER_SAMPLE)
    context.identity.is_sampled = True


def ensure_same_contacts(context: Context, read: Sequence[tuple[Subscription, Contact | None]]) -> None:
    """Raise UnsafeChangeSet if too many companies would get the address of somebody else."""
    if not is_accepted(context):
        compared = {
            row.client_id: is_somebody_else(row.company, contact) for row, contact in read if row.company and contact
        }
        _refuse_others(context, sum(compared.values()), of=len(compared))


def is_somebody_else(company: Company, contact: Contact) -> bool:
    """Whether the address is another one. People change theirs now and then, but never many of them at a time."""
    return bool(company.email) and company.email != contact.email


def is_accepted(context: Context) -> bool:
    """Whether an operator has said that the other clients are right."""
    identity = context.identity
    if identity.is_accepted is None:
        identity.is_accepted = holding.load_approved(context.gateway, OTHER_WHMCS, context.at) is not None
    return identity.is_accepted


def count_owned(decisions: Sequence[Decision], moved: set[int]) -> int:
    """How many of these services are known; the clients whose service is somebody else's now are added to `moved`."""
    known = [(one.observed.facts, one.facts) for one in decisions if one.observed and one.observed.company]
    moved.update(before.client_id for before, now in known if before.client_id != now.client_id)
    return len(known)


def _ensure_same_owners(context: Context, decisions: Sequence[Decision]) -> None:
    """A client merged into another takes along all its services: that counts as one client who moved, not many."""
    known = count_owned(decisions, context.identity.moved)
    _refuse_others(context, len(context.identity.moved), of=known + context.report.counts["unchanged"])


def _refuse_others(context: Context, different: int, *, of: int) -> None:
    if is_other_whmcs(different, of=of):
        params = {"different": str(different), "compared": str(of)}
        holding.refuse_all(context, OTHER_WHMCS, ErrorCode.OTHER_WHMCS, params)


def _compare_clients(context: Context, size: int) -> int:
    """Compare the clients whose details were read last with what WHMCS says now; returns how many are others."""
    sample = load_sample(context.gateway, size)
    if len(sample) < FEWEST_OTHERS:
        return 0
    with context.progress.phase("identity"):
        found = [_is_other(context, row.client_id, row.company) for row in sample if row.company]
    answers = [answer for answer in found if answer is not None]
    _refuse_others(context, sum(answers), of=len(answers))
    return sum(answers)


def load_sample(gateway: WhmcsGateway, size: int) -> list[Subscription]:
    """For each of some clients one service: those whose details were read last."""
    of_clients: dict[int, Subscription] = {}
    for row in read_last(gateway)[: size * FEW_SERVICES]:
        of_clients.setdefault(row.client_id, row)
    return list(of_clients.values())[:size]


def read_last(gateway: WhmcsGateway) -> "QuerySet[Subscription]":
    """The paid services of companies whose clients' details were read, the last ones first: the order of an index.

    Of who has left nothing is kept up to date, and their clients are tidied away.
    """
    rows = Subscription.objects.existing().filter(gateway_id=gateway.pk, company__isnull=False, status__in=PAID_WORDS)
    return rows.filter(details_read_at__isnull=False).select_related("company").order_by("-details_read_at", "-pk")


def _is_other(context: Context, client_id: int, company: Company) -> bool | None:
    """Whether the client whose company it is is somebody else now; None where that can't be told."""
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
