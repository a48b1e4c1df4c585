"""From a prepared newcomer to a company that its owner can sign in to: all or nothing, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from billing.facts import FACTS, ServiceFacts
from billing.models import Kind, Subscription, WhmcsGateway
from billing.reconcile import Note
from billing.steps.changes.write import columns_of
from billing.steps.clients.details import Newcomer, is_broken
from billing.wording import reasons
from companies import lifecycle, team
from companies.database.bulk import update_rows
from companies.events import Actor
from companies.mail import outbox
from companies.models import Company, Membership, Role, User

Opened: TypeAlias = tuple[Newcomer, Company]


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A newcomer that now has a company, and notes for the operator."""

    newcomer: Newcomer
    subscription_id: int
    company_id: int
    notes: tuple[Note, ...]


def provision_unlocked(
    gateway: WhmcsGateway, newcomers: Sequence[Newcomer], *, actor: Actor, at: datetime
) -> list[Provisioned]:
    """Create company, subscription and owner for each newcomer. Call it inside `lease.writing()`.

    Leaves out those whose row has changed since the decision: another worker was faster.
    """
    known = _load_known(gateway, [newcomer.decision.facts.service_id for newcomer in newcomers])
    new = [one for one in newcomers if _as_decided_on(one) == _as_it_stands(known.get(one.decision.facts.service_id))]
    companies = lifecycle.open_companies([_opening(one) for one in new], source=gateway, actor=actor, at=at)
    opened = list(zip(new, companies, strict=True))
    rows = _write_subscriptions(gateway, opened, known, at)
    notes = _give_owners(gateway, opened, actor, at)
    return [
        Provisioned(one, rows[one.decision.facts.service_id], company.pk, tuple(notes[company.pk]))
        for one, company in opened
    ]


def reason_of(newcomer: Newcomer) -> str:
    """What WHMCS said that opens the company."""
    facts = newcomer.decision.facts
    return reasons.OPENED(number=facts.service_id, number_of_client=facts.client_id, text=facts.status)


def _load_known(gateway: WhmcsGateway, services: Sequence[int]) -> dict[int, Subscription]:
    rows = Subscription.objects.filter(gateway=gateway, service_id__in=services)
    return {row.service_id: row for row in rows.only(*FACTS, "company_id")}


def _as_decided_on(newcomer: Newcomer) -> tuple[ServiceFacts | None, None]:
    """The row at the time of the decision: the facts last stored, and no company."""
    observed = newcomer.decision.observed
    return (observed.facts if observed else None, None)


def _as_it_stands(row: Subscription | None) -> tuple[ServiceFacts | None, int | None]:
    """The same for the present row."""
    if row is None:
        return (None, None)
    return (ServiceFacts(*(getattr(row, name) for name in FACTS)), row.company_id)


def _opening(newcomer: Newcomer) -> lifecycle.Opening:
    return lifecycle.Opening(newcomer.contact, newcomer.state, reason_of(newcomer))


def _write_subscriptions(
    gateway: WhmcsGateway, opened: Sequence[Opened], known: Mapping[int, Subscription], at: datetime
) -> dict[int, int]:
    """Write the rows of the services; returns their keys by service id."""
    rows = [
        Subscription(
            pk=known[service_id].pk if (service_id := newcomer.decision.facts.service_id) in known else None,
            gateway=gateway, company=company, is_settled=True, details_read_at=at,
            **columns_of(newcomer.decision.facts),
        )
        for newcomer, company in opened
    ]  # fmt: skip
    columns = [*FACTS, "company_id", "is_settled", "details_read_at"]
    old = [row for row in rows if row.pk is not None]
    update_rows(Subscription, columns, [(row.pk, *(getattr(row, name) for name in columns)) for row in old])
    new = Subscription.objects.bulk_create([row for row in rows if row.pk is None])
    return {row.service_id: row.pk for row in [*old, *new]}


def _give_owners(gateway: WhmcsGateway, opened: Sequence[Opened], actor: Actor, at: datetime) -> dict[int, list[Note]]:
    """Make the purchasers owners; returns notes for the operator, by company.

    New people are created all at once. People who exist already, or appear in another purchase of this group, are
    handled one by one.
    """
    notes = {company.pk: _about_name(newcomer, company) for newcomer, company in opened}
    taken = set(User.objects.filter(email__in={one.email for one, _ in opened}).values_list("email", flat=True))
    new: list[Opened] = []
    others: list[Opened] = []
    for newcomer, company in opened:
        (others if newcomer.email in taken else new).append((newcomer, company))
        taken.add(newcomer.email)
    owners = [team.NewOwner(company, one.email, one.person, one.password) for one, company in new]
    users = team.create_owners_unlimited(owners, actor=actor, at=at)
    for (newcomer, company), user in zip(new, users, strict=True):
        if newcomer.password is None:
            outbox.queue_welcome(user)
            params = {"reason": newcomer.password_problem, "email": user.email, "user_id": str(user.pk)}
            notes[company.pk].append(Note(Kind.PASSWORD_NEEDED, params))
    for newcomer, company in others:
        notes[company.pk] += _join_known(gateway, newcomer, company, actor, at)
    return notes


def _about_name(newcomer: Newcomer, company: Company) -> list[Note]:
    name, company_id = newcomer.contact.name, str(company.pk)
    if name == newcomer.email:
        return [Note(Kind.NAME_MISSING, {"email": newcomer.email, "company_id": company_id})]
    return [Note(Kind.NAME_BROKEN, {"name": name, "company_id": company_id})] if is_broken(name) else []


def _join_known(
    gateway: WhmcsGateway, newcomer: Newcomer, company: Company, actor: Actor, at: datetime
) -> tuple[Note, ...]:
    """Make an existing user the owner of a company, or invite them.

    An email address is no proof of identity: an existing user never gets another password, and becomes the owner at
    once only if they own a company of the same WHMCS client. Otherwise they are invited.
    """
    user = User.objects.get(email=newcomer.email)
    if _is_operator(user):
        return (Note(Kind.OWNER_IS_OPERATOR, {"email": user.email, "company_id": str(company.pk)}),)
    if _owns_for_client(user, gateway, newcomer.decision.facts.client_id):
        team.make_owner_unlimited(company, user, actor=actor, at=at)
        return ()
    invitation = team.invite_owner_unlimited(company, user, actor=actor, at=at)
    return (Note(Kind.OWNER_INVITED, {"email": user.email, "invitation_id": str(invitation.pk)}),)


def _is_operator(user: User) -> bool:
    return user.is_staff or user.is_superuser


def _owns_for_client(user: User, gateway: WhmcsGateway, client_id: int) -> bool:
    owned = Membership.objects.filter(user=user, role=Role.OWNER)
    return owned.filter(company__subscriptions__gateway=gateway, company__subscriptions__client_id=client_id).exists()
