"""Every change of people in a company, and nothing else writes it.

Seats are counted under a lock on the company's row, so that two people who add somebody at the same moment never
share the last one. An address that already belongs to a person is never re-pointed or given a password: that person
is asked, and decides after signing in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from companies.emails import canonical_email
from companies.errors import (
    AlreadyMember,
    InvitationClosed,
    NeverSignedIn,
    NoLongerMember,
    NotAllowed,
    SentJustNow,
    StillWaits,
)
from companies.events import Actor, Code
from companies.lifecycle import Story, story, tell
from companies.mail import queue_invitation, queue_notice
from companies.models import Company, Invitation, Membership, Role, User
from companies.seats import ensure_free_seat, ensure_newcomer, ensure_other_owner, lock_company, open_invitations_at

INVITATION_DAYS = 14
RESEND_MINUTES = 10


@dataclass(frozen=True, slots=True)
class NewOwner:
    """A purchaser who is nobody here yet. `password_hash` is None where no password can be used."""

    company: Company
    email: str
    name: str
    password_hash: str | None


def add_member(
    company: Company, *, email: str, name: str, role: Role, password: str | None, actor: Actor
) -> Membership | Invitation:
    """Add somebody, or invite them.

    With a `password` and a new address the person can sign in at once. Without one, or where the address already
    belongs to somebody, they are invited. Raises InvalidEmail, AlreadyMember, SeatLimitReached.
    """
    address = canonical_email(email)
    # Before the company is locked, because it takes long; and for known addresses, too: how long it takes must not
    # tell who is known here.
    password_hash = None if password is None else make_password(password)
    return _add(company, address, name, role, password_hash, actor)


@transaction.atomic
def _add(
    company: Company, address: str, name: str, role: Role, password_hash: str | None, actor: Actor
) -> Membership | Invitation:
    locked = lock_company(company)
    ensure_newcomer(locked, address)
    ensure_free_seat(locked)
    _withdraw_expired(locked, address)
    if password_hash is None:
        return _invite(locked, address, name, role, actor)
    user = _create_unless_known(address, password_hash, name)
    if user is None:
        return _invite(locked, address, name, role, actor, had_first_password=True)
    return _join(locked, user, role, actor, Code.MEMBER_ADDED)


@transaction.atomic
def accept(invitation: Invitation, user: User) -> Membership:
    """Turn an open invitation into a membership. The seat was counted when the invitation was made.

    Raises InvitationClosed, also where the invitation is for somebody else's address.
    """
    company = lock_company(invitation.company)
    if invitation.email != user.email:
        raise InvitationClosed
    _close(invitation, Invitation.Outcome.ACCEPTED)
    invitation.refresh_from_db(fields=["role", "waits_since"])  # they may have changed since somebody looked
    role, waits_since = Role(invitation.role), invitation.waits_since
    return _join(company, user, role, Actor.person(user), Code.INVITATION_ACCEPTED, waits_since=waits_since)


def accept_as_newcomer(invitation: Invitation, *, name: str, password: str) -> User:
    """The same for an address that nobody has yet: makes the person. Raises InvitationClosed, AlreadyMember."""
    password_hash = make_password(password)  # before the company is locked, as when somebody is added
    with transaction.atomic():
        lock_company(invitation.company)
        user = _create_unless_known(invitation.email, password_hash, name)
        if user is None:
            raise AlreadyMember
        accept(invitation, user)
    return user


@transaction.atomic
def decline(invitation: Invitation, user: User) -> None:
    """The invited person says no. Raises InvitationClosed."""
    if invitation.email != user.email:
        raise InvitationClosed
    _close(invitation, Invitation.Outcome.DECLINED)
    _tell(invitation.company, Code.INVITATION_DECLINED, Actor.person(user), invitation.email)


@transaction.atomic
def withdraw(invitation: Invitation, *, actor: Actor) -> None:
    """Take an open invitation back; its seat is free again. Raises InvitationClosed."""
    _close(invitation, Invitation.Outcome.WITHDRAWN)
    _tell(invitation.company, Code.INVITATION_WITHDRAWN, actor, invitation.email)


@transaction.atomic
def resend(invitation: Invitation, *, actor: Actor) -> None:
    """Send an open invitation again, and let it last as long as a new one. Raises SentJustNow, InvitationClosed.

    Only for one that expires: when it was sent last follows from that. Of two at once one does it.
    """
    now = timezone.now()
    expires_at = now + timedelta(days=INVITATION_DAYS)
    mine = Invitation.objects.filter(open_invitations_at(now), pk=invitation.pk, expires_at__isnull=False)
    if not mine.filter(expires_at__lte=expires_at - timedelta(minutes=RESEND_MINUTES)).update(expires_at=expires_at):
        raise SentJustNow(RESEND_MINUTES) if mine.exists() else InvitationClosed
    _tell(invitation.company, Code.INVITATION_RESENT, actor, invitation.email)
    queue_invitation(invitation)


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
    tell([
        story(company.pk, Code.ROLE_CHANGED, actor, timezone.now(), reason=current.user.email,
              before={"role": current.role}, after={"role": role.value}),
    ])  # fmt: skip


@transaction.atomic
def change_invited_role(invitation: Invitation, role: Role, *, actor: Actor) -> None:
    """Give somebody who has not answered yet another role. Raises InvitationClosed, StillWaits."""
    lock_company(invitation.company)
    open_ones = Invitation.objects.filter(open_invitations_at(timezone.now()), pk=invitation.pk)
    if role == Role.OWNER and open_ones.filter(waits_since__isnull=False).exists():
        raise StillWaits
    if not open_ones.update(role=role):
        raise InvitationClosed
    tell([
        story(invitation.company_id, Code.ROLE_CHANGED, actor, timezone.now(), reason=invitation.email,
              before={"role": invitation.role}, after={"role": role.value}),
    ])  # fmt: skip


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
    _exchange_roles(company, old, new)
    queue_notice(new.user, "ownership_given", page="team", company=company.name, other=old.user.email)
    queue_notice(old.user, "ownership_handed_over", page="team", company=company.name, other=new.user.email)


def can_take_over(membership: Membership) -> bool:
    """Whether this person could be the owner: somebody who was here and can come again."""
    return membership.user.last_login is not None and membership.user.is_active


@transaction.atomic
def remove_member(membership: Membership, *, actor: Actor) -> None:
    """Take a person out of the company; the person stays, with their other companies. Raises LastOwner."""
    company = lock_company(membership.company)
    current = Membership.objects.filter(pk=membership.pk).first()
    if current is None:
        return
    if current.role == Role.OWNER:
        ensure_other_owner(company, current)
    current.delete()
    _tell(company, Code.MEMBER_REMOVED, actor, current.user.email)


def ensure_may_manage(acting: Membership, target_role: str) -> None:
    """Owners manage everybody, administrators everybody but owners. Raises NotAllowed."""
    if acting.role == Role.OWNER:
        return
    if acting.role != Role.ADMIN or target_role == Role.OWNER:
        raise NotAllowed


@transaction.atomic
def make_owner_unlimited(company: Company, user: User, *, actor: Actor, at: datetime) -> None:
    """Make `user` an owner for a purchase, without counting seats: somebody who paid always gets in."""
    _, created = Membership.objects.get_or_create(
        company=company, user=user, defaults={"role": Role.OWNER, "created_at": at}
    )
    if created:
        tell([_became_owner(company, user, actor, at)])


@transaction.atomic
def create_owners_unlimited(owners: Sequence[NewOwner], *, actor: Actor, at: datetime) -> list[User]:
    """Make a person for each purchase and make them the owner, in this order; addresses have to be new ones.

    Without a hash they need a set-password link first.
    """
    users = User.objects.bulk_create([
        User(email=one.email, name=one.name, password=one.password_hash or make_password(None), date_joined=at,
             password_is_from_shop=one.password_hash is not None)
        for one in owners
    ])  # fmt: skip
    pairs = list(zip(owners, users, strict=True))
    Membership.objects.bulk_create(
        [Membership(company=one.company, user=user, role=Role.OWNER, created_at=at) for one, user in pairs]
    )
    tell([_became_owner(one.company, user, actor, at) for one, user in pairs])
    return users


@transaction.atomic
def invite_owner_unlimited(company: Company, user: User, *, actor: Actor, at: datetime) -> Invitation:
    """Ask an existing person whether a purchase with their address is theirs. Waits until they decide."""
    invitation = Invitation.objects.create(
        company=company, email=user.email, name=user.name, role=Role.OWNER, user=user, created_at=at
    )
    tell([story(company.pk, Code.MEMBER_INVITED, actor, at, after={"role": Role.OWNER.value}, reason=user.email)])
    queue_invitation(invitation)
    return invitation


def _became_owner(company: Company, user: User, actor: Actor, at: datetime) -> Story:
    return story(company.pk, Code.MEMBER_ADDED, actor, at, after={"role": Role.OWNER.value}, reason=user.email)


def _exchange_roles(company: Company, old: Membership, new: Membership) -> None:
    """The new owner's event comes first: there is never a moment without one."""
    actor, now = Actor.person(old.user), timezone.now()
    changes = ((new, Role.OWNER, Code.OWNERSHIP_HANDED_OVER), (old, Role.ADMIN, Code.ROLE_CHANGED))
    for membership, role, _code in changes:
        Membership.objects.filter(pk=membership.pk).update(role=role)
    tell([
        story(company.pk, code, actor, now, reason=membership.user.email,
              before={"role": membership.role}, after={"role": role.value})
        for membership, role, code in changes
    ])  # fmt: skip


def _join(
    company: Company, user: User, role: Role, actor: Actor, code: Code, *, waits_since: datetime | None = None
) -> Membership:
    columns = {"role": role, "waits_since": waits_since}
    membership, created = Membership.objects.get_or_create(company=company, user=user, defaults=columns)
    if created:
        _tell(company, code, actor, user.email, role)
    return membership


def _create_unless_known(address: str, password_hash: str, name: str) -> User | None:
    """A new person, or None where the address belongs to somebody, also if they came in this very moment."""
    user = User(email=address, name=name, password=password_hash)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        return None
    return user


def _withdraw_expired(company: Company, address: str) -> None:
    """An expired invitation still stands in the way of a new one, and of a member it says nothing."""
    expired = company.invitations.filter(email=address, closed_at=None)
    expired.update(closed_at=timezone.now(), outcome=Invitation.Outcome.WITHDRAWN)


def _invite(
    company: Company, address: str, name: str, role: Role, actor: Actor, *, had_first_password: bool = False
) -> Invitation:
    """Like a membership, an invitation that came with a first password lasts until it is answered."""
    now = timezone.now()
    invitation = Invitation.objects.create(
        company=company, email=address, name=name, role=role, user=User.objects.filter(email=address).first(),
        invited_by=actor.user, had_first_password=had_first_password, created_at=now,
        expires_at=None if had_first_password else now + timedelta(days=INVITATION_DAYS),
    )  # fmt: skip
    _tell(company, Code.MEMBER_INVITED, actor, address, role)
    queue_invitation(invitation)
    return invitation


def _close(invitation: Invitation, outcome: Invitation.Outcome) -> None:
    now = timezone.now()
    open_ones = Invitation.objects.filter(open_invitations_at(now), pk=invitation.pk)
    if not open_ones.update(closed_at=now, outcome=outcome):
        raise InvitationClosed


def _tell(company: Company, code: Code, actor: Actor, email: str, role: Role | None = None) -> None:
    after = {"role": role.value} if role else {}
    tell([story(company.pk, code, actor, timezone.now(), after=after, reason=email)])
