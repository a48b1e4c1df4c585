"""Adds people to a company, at once or by an invitation."""

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

    With a `password` and a new address the person can sign in at once. Without a password, or if the address already
    belongs to somebody, they are invited. Raises InvalidEmail, AlreadyMember, SeatLimitReached.
    """
    newcomer = Newcomer(canonical_email(email), name, role)
    # Before locking the company, because hashing is slow. For known addresses as well, so that the response time does
    # not reveal who is known here.
    password_hash = None if password is None else make_password(password)
    return _add(company, newcomer, password_hash, actor)


@transaction.atomic
def invite_owner(company: Company, *, email: str, actor: Actor) -> Invitation:
    """Invite somebody to own a company without an owner. Seats are not counted, because the company has paid.

    An address that was invited before gets a new link. Raises InvalidEmail, AlreadyMember.
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
    """Withdraw unanswered invitations. Even an expired one would block a new one (unique constraint)."""
    unanswered = company.invitations.filter(email=address, closed_at=None)
    unanswered.update(closed_at=timezone.now(), outcome=Invitation.Outcome.WITHDRAWN)
