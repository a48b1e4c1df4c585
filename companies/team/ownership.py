"""Hands a company over to another owner."""

from django.db import transaction
from django.utils import timezone

from companies.errors import NeverSignedIn, NoLongerMember, NotAllowed, OwnerAlready, StillWaits
from companies.events import Actor, Code
from companies.mail.outbox import queue_notice
from companies.models import Membership, Role
from companies.people.seats import lock_company
from companies.story import tell
from companies.team.story import role_change


@transaction.atomic
def hand_over(from_owner: Membership, to_member: Membership) -> None:
    """Make a member the owner instead of `from_owner`, who becomes an administrator. Both get a mail.

    Raises NotAllowed, NoLongerMember, OwnerAlready, StillWaits, NeverSignedIn. Of two simultaneous calls by the same
    owner only one succeeds.
    """
    company = lock_company(from_owner.company)
    now_in = {m.pk: m for m in company.memberships.select_related("user").filter(pk__in=[from_owner.pk, to_member.pk])}
    old, new = now_in.get(from_owner.pk), now_in.get(to_member.pk)
    if old is None or old.role != Role.OWNER:
        raise NotAllowed
    if new is None:
        raise NoLongerMember
    ensure_can_take_over(new)
    _exchange_roles(old, new)
    queue_notice(new.user, "ownership_given", page="team", company=company.name, other=old.user.email)
    queue_notice(old.user, "ownership_handed_over", page="team", company=company.name, other=new.user.email)


def ensure_can_take_over(membership: Membership) -> None:
    """A new owner must have a seat and be able to sign in. Raises OwnerAlready, StillWaits, NeverSignedIn."""
    if membership.role == Role.OWNER:
        raise OwnerAlready
    if membership.waits_since is not None:
        raise StillWaits
    if membership.user.last_login is None or not membership.user.is_active:
        raise NeverSignedIn


def _exchange_roles(old: Membership, new: Membership) -> None:
    """The new owner comes first, so that the story shows no moment without an owner."""
    actor, now = Actor.person(old.user), timezone.now()
    changes = ((new, Role.OWNER, Code.OWNERSHIP_HANDED_OVER), (old, Role.ADMIN, Code.ROLE_CHANGED))
    for membership, role, _code in changes:
        Membership.objects.filter(pk=membership.pk).update(role=role)
    tell([role_change(membership, role, actor, now, code) for membership, role, code in changes])
