"""From a prepared newcomer to a company somebody can sign in to: all of it in the caller's transaction, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from billing import reasons
from billing.models import Kind, Subscription, WhmcsGateway
from billing.reconcile import Note
from billing.steps.prepare import Newcomer
from billing.steps.write import columns_of
from companies import lifecycle, mail, team
from companies.events import Actor
from companies.models import Company, Membership, Role, User


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What became of a newcomer."""

    newcomer: Newcomer
    subscription_id: int
    company_id: int
    notes: tuple[Note, ...]


def provision_unlocked(
    gateway: WhmcsGateway, newcomers: Sequence[Newcomer], *, actor: Actor, at: datetime
) -> list[Provisioned]:
    """Create company, subscription and owner for each newcomer. Call it inside `lease.writing()`."""
    return [_provision(gateway, newcomer, actor, at) for newcomer in newcomers]


def _provision(gateway: WhmcsGateway, newcomer: Newcomer, actor: Actor, at: datetime) -> Provisioned:
    decision = newcomer.decision
    facts = decision.facts
    assert decision.after is not None  # noqa: S101 - for the type checker: PROVISION always has it
    company = lifecycle.open_company(
        source=gateway, contact=newcomer.contact, state=decision.after, actor=actor, at=at,
        reason=reasons.OPENED(number=facts.service_id, number_of_client=facts.client_id, text=facts.status),
    )  # fmt: skip
    columns = columns_of(facts) | {"company": company, "is_settled": True, "details_read_at": at}
    row, _ = Subscription.objects.update_or_create(gateway=gateway, service_id=facts.service_id, defaults=columns)
    notes = [*_give_owner(gateway, newcomer, company, actor, at)]
    if newcomer.contact.name == newcomer.email:
        notes.append(Note(Kind.NAME_MISSING, {"email": newcomer.email, "company_id": str(company.pk)}))
    return Provisioned(newcomer, row.pk, company.pk, tuple(notes))


def _give_owner(
    gateway: WhmcsGateway, newcomer: Newcomer, company: Company, actor: Actor, at: datetime
) -> tuple[Note, ...]:
    """Make the purchaser the owner, by the rule for people who may already be here.

    An address is no identity: whoever has it here already is never re-passworded, and becomes owner at once only
    where the same WHMCS client owns a company of theirs.
    """
    user = User.objects.filter(email=newcomer.email).first()
    if user is None:
        return _create_owner(newcomer, company, actor, at)
    if user.is_staff or user.is_superuser:
        return (Note(Kind.OWNER_IS_OPERATOR, {"email": user.email, "company_id": str(company.pk)}),)
    if _owns_for_client(user, gateway, newcomer.decision.facts.client_id):
        team.make_owner_unlimited(company, user, actor=actor, at=at)
        return ()
    invitation = team.invite_owner_unlimited(company, user, actor=actor, at=at)
    return (Note(Kind.OWNER_INVITED, {"email": user.email, "invitation_id": str(invitation.pk)}),)


def _create_owner(newcomer: Newcomer, company: Company, actor: Actor, at: datetime) -> tuple[Note, ...]:
    user = team.create_owner_unlimited(
        company, email=newcomer.email, name=newcomer.person, password_hash=newcomer.password, actor=actor, at=at
    )
    if newcomer.password is not None:
        return ()
    mail.queue_welcome(user)
    return (
        Note(Kind.PASSWORD_NEEDED, {"reason": newcomer.password_problem, "email": user.email, "user_id": str(user.pk)}),
    )


def _owns_for_client(user: User, gateway: WhmcsGateway, client_id: int) -> bool:
    owned = Membership.objects.filter(user=user, role=Role.OWNER)
    return owned.filter(company__subscriptions__gateway=gateway, company__subscriptions__client_id=client_id).exists()
