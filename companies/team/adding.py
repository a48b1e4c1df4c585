"""Adding somebody: at once, or by asking them."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from companies.events import Actor, Code
from companies.models import Company, Invitation, Membership, Role
from companies.people.emails import canonical_email
from companies.people.seats import ensure_free_seat, ensure_newcomer, lock_company
from companies.team.invitations import Newcomer, invite
from companies.team.joining import create_unless_known, join


def add_member(
    company: Company, *, email: str, name: str, role: Role, password: str | None, actor: Actor
) -> Membership | Invitation:
    """Add somebody, or invite them.

    With a `password` and a new address the person can sign in at once. Without one, or where the address already
    belongs to somebody, they are invited. Raises InvalidEmail, AlreadyMember, SeatLimitReached.
    """
    newcomer = Newcomer(canonical_email(email), name, role)
    # Before the company is locked, because hashing takes long. For known addresses, too: the time that it takes must
    # not tell who is known here.
    password_hash = None if password is None else make_password(password)
    return _add(company, newcomer, password_hash, actor)


@transaction.atomic
def invite_owner(company: Company, *, email: str, actor: Actor) -> Invitation:
    """Ask somebody to own a company that has no owner. The company has paid, so no seats are counted.

    An address that was asked before gets a new link. Raises InvalidEmail, AlreadyMember.
    """
    locked, address = lock_company(company), canonical_email(email)
    _withdraw_unanswered(locked, address)
    ensure_newcomer(locked, address)
    return invite(locked, Newcomer(address, "", Role.OWNER), actor)


@transaction.atomic
def _add(company: Company, newcomer: Newcomer, password_hash: str | None, actor: Actor) -> Membership | Invitation:
    locked = lock_company(company)
    ensure_newcomer(locked, newcomer.email)
    ensure_free_seat(locked)
    _withdraw_unanswered(locked, newcomer.email)
    if password_hash is None:
        return invite(locked, newcomer, actor)
    user = create_unless_known(newcomer.email, password_hash, newcomer.name, was_given=True)
    if user is None:
        return invite(locked, newcomer, actor, had_first_password=True)
    return join(locked, user, newcomer.role, actor, Code.MEMBER_ADDED)


def _withdraw_unanswered(company: Company, address: str) -> None:
    """An unanswered invitation, even an expired one, would stand in the way of a new one."""
    unanswered = company.invitations.filter(email=address, closed_at=None)
    unanswered.update(closed_at=timezone.now(), outcome=Invitation.Outcome.WITHDRAWN)
