"""Makes purchasers owners. Seats are not counted: somebody who paid always gets in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from companies.events import Actor, Code
from companies.models import Company, Invitation, Membership, Role, User
from companies.story import tell
from companies.team.invitations import send_first
from companies.team.joining import join
from companies.team.story import arrival


@dataclass(frozen=True, slots=True)
class NewOwner:
    """A purchaser with a new address. `password_hash` is None if no password can be used."""

    company: Company
    email: str
    name: str
    password_hash: str | None


@transaction.atomic
def make_owner_unlimited(company: Company, user: User, *, actor: Actor, at: datetime) -> None:
    """Make `user`, an existing person, an owner."""
    join(company, user, Role.OWNER, actor, Code.MEMBER_ADDED, at=at)


@transaction.atomic
def create_owners_unlimited(owners: Sequence[NewOwner], *, actor: Actor, at: datetime) -> list[User]:
    """Create a person for each purchase and make them the owner, in this order. All addresses must be new.

    A person without a hash needs a set-password link first.
    """
    users = User.objects.bulk_create([
        User(email=one.email, name=one.name, password=one.password_hash or make_password(None), date_joined=at,
             password_is_from_shop=one.password_hash is not None)
        for one in owners
    ])  # fmt: skip
    memberships = Membership.objects.bulk_create([
        Membership(company=one.company, user=user, role=Role.OWNER, created_at=at)
        for one, user in zip(owners, users, strict=True)
    ])  # fmt: skip
    tell([arrival(membership, Code.MEMBER_ADDED, actor, at) for membership in memberships])
    return users


@transaction.atomic
def invite_owner_unlimited(company: Company, user: User, *, actor: Actor, at: datetime) -> Invitation:
    """Ask an existing person whether a purchase with their address is theirs. The invitation does not expire."""
    invitation = Invitation(
        company=company, email=user.email, name=user.name, role=Role.OWNER, user=user, created_at=at
    )
    send_first(invitation, actor)
    return invitation
