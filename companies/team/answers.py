"""Answers to invitations, by the invited person."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from companies.errors import AlreadyMember, InvitationClosed
from companies.events import Actor, Code
from companies.models import Invitation, Membership, Role, User
from companies.people.seats import lock_company
from companies.story import tell
from companies.team.invitations import close
from companies.team.joining import create_unless_known, join
from companies.team.story import about


@transaction.atomic
def accept(invitation: Invitation, user: User) -> Membership:
    """Turn an open invitation into a membership. The seat was counted when the invitation was made.

    Raises InvitationClosed, also if the invitation is for another address.
    """
    company = lock_company(invitation.company)
    if invitation.email != user.email:
        raise InvitationClosed
    close(invitation, Invitation.Outcome.ACCEPTED)
    invitation.refresh_from_db(fields=["role", "waits_since"])  # they may have changed since somebody looked
    role, waits_since = Role(invitation.role), invitation.waits_since
    return join(company, user, role, Actor.person(user), Code.INVITATION_ACCEPTED, waits_since=waits_since)


def accept_as_newcomer(invitation: Invitation, *, name: str, password: str) -> User:
    """The same for a new address: creates the person. Raises InvitationClosed, AlreadyMember."""
    password_hash = make_password(password)  # before locking the company, because hashing is slow
    with transaction.atomic():
        lock_company(invitation.company)
        user = create_unless_known(invitation.email, password_hash, name)
        if user is None:
            raise AlreadyMember
        accept(invitation, user)
    return user


@transaction.atomic
def decline(invitation: Invitation, user: User) -> None:
    """Decline an invitation. Raises InvitationClosed."""
    if invitation.email != user.email:
        raise InvitationClosed
    close(invitation, Invitation.Outcome.DECLINED)
    tell([about(invitation, Code.INVITATION_DECLINED, Actor.person(user), timezone.now())])
