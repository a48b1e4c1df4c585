"""People and seats."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from companies import team
from companies.errors import (
    AlreadyMember,
    InvitationClosed,
    LastOwner,
    NoLongerMember,
    NotAllowed,
    SeatLimitReached,
    SentJustNow,
)
from companies.events import Actor, Code
from companies.mail.outbox import send_due_mails
from companies.models import Company, Event, Invitation, Membership, OutgoingMail, Role, User
from companies.people.emails import InvalidEmail
from companies.people.seats import seats_taken
from tests.companies.factories import make_company, make_person

pytestmark = pytest.mark.django_db
BOSS = Actor("the boss")


def add(company: Company, email: str, password: str | None = None) -> Membership | Invitation:
    return team.add_member(company, email=email, name="Bob", role=Role.MEMBER, password=password, actor=BOSS)


def invite(company: Company, email: str = "bob@example.com", password: str | None = None) -> Invitation:
    invitation = add(company, email, password)
    assert isinstance(invitation, Invitation)
    return invitation


def test_a_newcomer_with_a_first_password_can_sign_in_at_once() -> None:
    membership = add(make_company(), "Bob@Example.com", " first pw ")
    assert isinstance(membership, Membership)
    assert membership.user.email == "bob@example.com"
    assert membership.user.check_password(" first pw ")
    assert (membership.user.password_is_from_shop, membership.user.password_was_given) == (False, True)


def test_a_newcomer_without_a_password_is_invited() -> None:
    invitation = invite(make_company())
    assert invitation.user is None
    assert invitation.expires_at is not None


def test_an_address_that_belongs_to_somebody_is_never_given_a_password() -> None:
    person = make_person("bob@example.com", password="his own password")
    invitation = invite(make_company(), password="somebody elses idea")
    person.refresh_from_db()
    assert person.check_password("his own password")
    assert (invitation.user, invitation.had_first_password, invitation.expires_at) == (person, True, None)


def test_members_and_open_invitations_fill_the_plan() -> None:
    company = make_company(users=3)
    make_person(company=company)
    invite(company, "bob@example.com")
    add(company, "carla@example.com", "long enough pw")
    with pytest.raises(SeatLimitReached, match="room for 3 people"):
        add(company, "dora@example.com", "long enough pw")
    assert not User.objects.filter(email="dora@example.com").exists()
    assert seats_taken(company) == 3


def test_an_expired_invitation_takes_no_seat_and_the_same_address_can_be_invited_again() -> None:
    company = make_company(users=1)
    old = invite(company)
    Invitation.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert seats_taken(company) == 0
    assert invite(company).pk != old.pk


@pytest.mark.parametrize("spelling", ["bob@example.com", " BOB@EXAMPLE.COM "])
def test_nobody_is_added_or_invited_twice(spelling: str) -> None:
    company = make_company()
    invite(company)
    with pytest.raises(AlreadyMember):
        add(company, spelling)


def test_an_address_that_only_looks_like_one_is_refused() -> None:
    with pytest.raises(InvalidEmail):
        add(make_company(), "\u212aelly@example.com")


def test_accepting_turns_the_invitation_into_a_membership_once() -> None:
    company, bob = make_company(), make_person("bob@example.com")
    invitation = invite(company)
    assert team.accept(invitation, bob).role == Role.MEMBER
    with pytest.raises(InvitationClosed):
        team.accept(invitation, bob)
    assert seats_taken(company) == 1


def test_an_invitation_is_bound_to_its_address() -> None:
    invitation = invite(make_company())
    eve = make_person("eve@example.com")
    with pytest.raises(InvitationClosed):
        team.accept(invitation, eve)
    with pytest.raises(InvitationClosed):
        team.decline(invitation, eve)
    assert Invitation.objects.get(pk=invitation.pk).closed_at is None


def test_a_withdrawn_invitation_opens_nothing_any_more() -> None:
    company, bob = make_company(), make_person("bob@example.com")
    invitation = invite(company)
    team.withdraw(invitation, actor=BOSS)
    with pytest.raises(InvitationClosed):
        team.accept(invitation, bob)
    with pytest.raises(InvitationClosed):
        team.change_invited_role(invitation, Role.ADMIN, actor=BOSS)
    assert seats_taken(company) == 0


def test_a_newcomer_joins_through_the_link_and_a_known_address_does_not() -> None:
    company = make_company()
    user = team.accept_as_newcomer(invite(company), name="Bob", password="long enough pw")
    assert company.memberships.get().user == user
    make_person("carla@example.com")
    with pytest.raises(AlreadyMember):
        team.accept_as_newcomer(invite(company, "carla@example.com"), name="Carla", password="long enough pw")


def test_the_role_of_an_invitation_is_the_role_that_is_joined() -> None:
    company, bob = make_company(), make_person("bob@example.com")
    invitation = invite(company)
    team.change_invited_role(invitation, Role.ADMIN, actor=BOSS)
    invitation.refresh_from_db()
    assert team.accept(invitation, bob).role == Role.ADMIN


def test_an_invitation_that_was_lowered_meanwhile_joins_with_the_lower_role() -> None:
    company, bob = make_company(), make_person("bob@example.com")
    seen_as_admin = invite(company)
    team.change_invited_role(seen_as_admin, Role.ADMIN, actor=BOSS)
    seen_as_admin.role = Role.ADMIN
    team.change_invited_role(Invitation.objects.get(pk=seen_as_admin.pk), Role.MEMBER, actor=BOSS)
    assert team.accept(seen_as_admin, bob).role == Role.MEMBER


def test_the_role_of_somebody_who_was_removed_meanwhile_is_not_changed() -> None:
    company = make_company()
    make_person(company=company)
    bob = make_person("bob@example.com", company=company, role=Role.MEMBER).memberships.get()
    team.remove_member(bob, actor=BOSS)
    with pytest.raises(NoLongerMember):
        team.change_role(bob, Role.ADMIN, actor=BOSS)


def test_the_last_owner_neither_leaves_nor_steps_down() -> None:
    company = make_company()
    ana = make_person(company=company).memberships.get()
    with pytest.raises(LastOwner):
        team.remove_member(ana, actor=BOSS)
    with pytest.raises(LastOwner):
        team.change_role(ana, Role.MEMBER, actor=BOSS)
    make_person("bob@example.com", company=company)
    team.change_role(ana, Role.MEMBER, actor=BOSS)
    team.remove_member(ana, actor=BOSS)
    assert not company.memberships.filter(pk=ana.pk).exists()


def test_removing_somebody_keeps_the_person() -> None:
    company = make_company()
    make_person(company=company)
    bob = make_person("bob@example.com", company=company, role=Role.MEMBER)
    team.remove_member(bob.memberships.get(), actor=BOSS)
    assert User.objects.filter(pk=bob.pk).exists()


def test_who_worked_here_and_is_removed_is_told_by_mail() -> None:
    company = make_company("Bakery", users=9)
    make_person(company=company)
    bob, carla, dora = (
        make_person(f"{name}@example.com", company=company, role=Role.MEMBER, last_login=last_login)
        for name, last_login in (("bob", timezone.now()), ("carla", timezone.now()), ("dora", None))
    )
    team.remove_member(bob.memberships.get(), actor=BOSS)
    team.remove_member(carla.memberships.get(), actor=Actor.person(carla))
    team.remove_member(dora.memberships.get(), actor=BOSS)
    assert send_due_mails() == 1
    assert [(m.to, m.subject) for m in mail.outbox] == [
        (["bob@example.com"], "You are not in the team of Bakery any more")
    ]
    assert "took you out of it" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("acting", "target", "allowed"),
    [
        (Role.OWNER, Role.OWNER, True),
        (Role.OWNER, Role.MEMBER, True),
        (Role.ADMIN, Role.ADMIN, True),
        (Role.ADMIN, Role.MEMBER, True),
        (Role.ADMIN, Role.OWNER, False),
        (Role.MEMBER, Role.MEMBER, False),
    ],
)
def test_who_may_manage_whom(acting: Role, target: Role, allowed: bool) -> None:
    membership = Membership(role=acting)
    if allowed:
        team.ensure_may_manage(membership, target)
    else:
        with pytest.raises(NotAllowed):
            team.ensure_may_manage(membership, target)


def test_a_payer_gets_in_whatever_the_plan_allows() -> None:
    company = make_company(users=1)
    make_person(company=company)
    bob = make_person("bob@example.com")
    team.make_owner_unlimited(company, bob, actor=BOSS, at=timezone.now())
    team.make_owner_unlimited(company, bob, actor=BOSS, at=timezone.now())
    assert company.memberships.count() == 2


def test_an_invitation_is_sent_again_at_most_once_in_ten_minutes_and_then_lasts_as_long_as_a_new_one() -> None:
    invitation, now = invite(make_company()), timezone.now()
    with pytest.raises(SentJustNow):
        team.resend(invitation, actor=BOSS)
    with time_machine.travel(now + timedelta(minutes=11), tick=False):
        team.resend(invitation, actor=BOSS)
        with pytest.raises(SentJustNow):
            team.resend(invitation, actor=BOSS)
    invitation.refresh_from_db()
    assert invitation.expires_at == now + timedelta(days=14, minutes=11)
    assert OutgoingMail.objects.filter(invitation=invitation).count() == 2
    assert Event.objects.filter(code=Code.INVITATION_RESENT).count() == 1


def test_an_invitation_that_is_closed_or_expired_or_never_expires_is_not_sent_again() -> None:
    company = make_company(users=9)
    make_person("known@example.com")
    closed, expired = invite(company), invite(company, "carla@example.com")
    endless = invite(company, "known@example.com", "a first password")
    team.withdraw(closed, actor=BOSS)
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        for invitation in (closed, expired, endless):
            with pytest.raises(InvitationClosed):
                team.resend(invitation, actor=BOSS)
