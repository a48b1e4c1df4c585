"""Changes roles and removes people, for owners and administrators."""

from django.db import transaction
from django.utils import timezone

from companies.errors import InvitationClosed, NoLongerMember, NotAllowed, StillWaits
from companies.events import Actor, Code
from companies.mail.outbox import queue_notice
from companies.models import Invitation, Membership, Role
from companies.people.seats import ensure_other_owner, lock_company, open_invitations_at
from companies.story import tell
from companies.team.story import about, role_change


def ensure_may_manage(acting: Membership, target_role: str) -> None:
    """Owners manage everybody, administrators everybody but owners. Raises NotAllowed."""
    if acting.role == Role.OWNER:
        return
    if acting.role != Role.ADMIN or target_role == Role.OWNER:
        raise NotAllowed


@transaction.atomic
def change_role(membership: Membership, role: Role, *, actor: Actor) -> None:
    """Give a member another role. Raises LastOwner, NoLongerMember, StillWaits."""
    company = lock_company(membership.company)
    current = Membership.objects.filter(pk=membership.pk).first()
    if current is None:
        raise NoLongerMember
    if current.role == role:
        return
    if current.role == Role.OWNER:
        ensure_other_owner(company, current)
    if role == Role.OWNER and current.waits_since is not None:
        raise StillWaits
    Membership.objects.filter(pk=current.pk).update(role=role)
    tell([role_change(current, role, actor, timezone.now())])


@transaction.atomic
def change_invited_role(invitation: Invitation, role: Role, *, actor: Actor) -> None:
    """Change the role of an open invitation. Raises InvitationClosed, StillWaits."""
    lock_company(invitation.company)
    open_ones = Invitation.objects.filter(open_invitations_at(timezone.now()), pk=invitation.pk)
    if role == Role.OWNER and open_ones.filter(waits_since__isnull=False).exists():
        raise StillWaits
    if not open_ones.update(role=role):
        raise InvitationClosed
    tell([role_change(invitation, role, actor, timezone.now())])


@transaction.atomic
def remove_member(membership: Membership, *, actor: Actor) -> None:
    """Remove a person from the company. They keep their account and their other companies. Raises LastOwner.

    They are notified by mail, unless they left by themselves or never signed in.
    """
    company = lock_company(membership.company)
    current = Membership.objects.select_related("user").filter(pk=membership.pk).first()
    if current is None:
        return
    if current.role == Role.OWNER:
        ensure_other_owner(company, current)
    current.delete()
    tell([about(current, Code.MEMBER_REMOVED, actor, timezone.now())])
    if actor.user != current.user and current.user.last_login is not None:
        queue_notice(current.user, "removed", page="overview", company=company.name)
