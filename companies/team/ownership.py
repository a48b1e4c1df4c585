"""Handing a company over."""

from django.db import transaction
from django.utils import timezone

from companies.errors import NeverSignedIn, NoLongerMember, NotAllowed, StillWaits
from companies.events import Actor, Code
from companies.mail.outbox import queue_notice
from companies.models import Membership, Role
from companies.people.seats import lock_company
from companies.story import tell
from companies.team.story import role_change


@transaction.atomic
def hand_over(from_owner: Membership, to_member: Membership) -> None:
    """Make a member the owner instead of `from_owner`, who becomes an administrator. Both are mailed.

    Raises NotAllowed, NoLongerMember, StillWaits, NeverSignedIn; of two at once by the same owner one is done.
    """
    company = lock_company(from_owner.company)
    now_in = {m.pk: m for m in company.memberships.select_related("user").filter(pk__in=[from_owner.pk, to_member.pk])}
    old, new = now_in.get(from_owner.pk), now_in.get(to_member.pk)
    if old is None or old.role != Role.OWNER:
        raise NotAllowed
    if new is None:
        raise NoLongerMember
    if new.waits_since is not None:
        raise StillWaits
    if not can_take_over(new):
        raise NeverSignedIn
    _exchange_roles(old, new)
    queue_notice(new.user, "ownership_given", page="team", company=company.name, other=old.user.email)
    queue_notice(old.user, "ownership_handed_over", page="team", company=company.name, other=new.user.email)


def can_take_over(membership: Membership) -> bool:
    """Whether this person could be the owner: somebody who was here and can come again."""
    return membership.user.last_login is not None and membership.user.is_active


def _exchange_roles(old: Membership, new: Membership) -> None:
    """The new owner's event comes first: there is never a moment without one."""
    actor, now = Actor.person(old.user), timezone.now()
    changes = ((new, Role.OWNER, Code.OWNERSHIP_HANDED_OVER), (old, Role.ADMIN, Code.ROLE_CHANGED))
    for membership, role, _code in changes:
        Membership.objects.filter(pk=membership.pk).update(role=role)
    tell([role_change(membership, role, actor, now, code) for membership, role, code in changes])
