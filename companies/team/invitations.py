"""Sends, resends and withdraws invitations."""

from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from companies.errors import InvitationClosed, SentJustNow
from companies.events import Actor, Code
from companies.mail.outbox import queue_invitation
from companies.models import Company, Invitation, Role, User
from companies.people.seats import open_invitations_at
from companies.story import tell
from companies.team.story import about, arrival

INVITATION_DAYS = 14
RESEND_MINUTES = 10


class Newcomer(NamedTuple):
    """A person who shall belong to a company; `email` is canonical."""

    email: str
    name: str
    role: Role


def invite(company: Company, newcomer: Newcomer, actor: Actor, *, had_first_password: bool = False) -> Invitation:
    """Invite somebody. With a first password the invitation does not expire, just like a membership."""
    now = timezone.now()
    invitation = Invitation(
        company=company, **newcomer._asdict(), user=User.objects.filter(email=newcomer.email).first(),
        invited_by=actor.user, had_first_password=had_first_password, created_at=now,
        expires_at=None if had_first_password else now + timedelta(days=INVITATION_DAYS),
    )  # fmt: skip
    send_first(invitation, actor)
    return invitation


def send_first(invitation: Invitation, actor: Actor) -> None:
    """Store a new invitation, and mail it."""
    invitation.save(force_insert=True)
    tell([arrival(invitation, Code.MEMBER_INVITED, actor, invitation.created_at)])
    queue_invitation(invitation)


@transaction.atomic
def resend(invitation: Invitation, *, actor: Actor) -> None:
    """Send an open invitation again and renew its expiry date. Raises SentJustNow, InvitationClosed.

    Only for invitations that expire, because the expiry date tells when it was sent last. Of two simultaneous calls one
    sends.
    """
    now = timezone.now()
    expires_at = now + timedelta(days=INVITATION_DAYS)
    mine = Invitation.objects.filter(open_invitations_at(now), pk=invitation.pk, expires_at__isnull=False)
    if not mine.filter(expires_at__lte=expires_at - timedelta(minutes=RESEND_MINUTES)).update(expires_at=expires_at):
        raise SentJustNow(RESEND_MINUTES) if mine.exists() else InvitationClosed
    tell([about(invitation, Code.INVITATION_RESENT, actor, now)])
    queue_invitation(invitation)


@transaction.atomic
def withdraw(invitation: Invitation, *, actor: Actor) -> None:
    """Withdraw an open invitation, which frees its seat. Raises InvitationClosed."""
    close(invitation, Invitation.Outcome.WITHDRAWN)
    tell([about(invitation, Code.INVITATION_WITHDRAWN, actor, timezone.now())])


@transaction.atomic
def dismiss(invitation: Invitation, *, actor: Actor) -> None:
    """Remove an expired invitation from the list. Raises InvitationClosed."""
    now = timezone.now()
    ran_out = Invitation.objects.filter(pk=invitation.pk, closed_at=None, expires_at__lte=now)
    if not ran_out.update(closed_at=now, outcome=Invitation.Outcome.WITHDRAWN):
        raise InvitationClosed
    tell([about(invitation, Code.INVITATION_WITHDRAWN, actor, now)])


def close(invitation: Invitation, outcome: Invitation.Outcome) -> None:
    """End an invitation that is still open, once. Raises InvitationClosed."""
    now = timezone.now()
    open_ones = Invitation.objects.filter(open_invitations_at(now), pk=invitation.pk)
    if not open_ones.update(closed_at=now, outcome=outcome):
        raise InvitationClosed
