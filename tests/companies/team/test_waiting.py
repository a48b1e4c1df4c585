"""After a downgrade nobody is removed: an owner chooses who keeps a seat, and the others wait."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from companies import team
from companies.errors import AlreadyMember, NoLongerMember, SeatLimitReached, StillWaits, TooManyStay
from companies.events import Actor, Code
from companies.mail.outbox import send_due_mails
from companies.models import Event, Invitation, Membership, OutgoingMail, Role, User
from companies.people.seats import Seats, load_seats
from tests.companies.factories import make_company, make_person
from tests.companies.seats import NAMES, at_once, choose, downgraded, member, resize, who_waits

pytestmark = pytest.mark.django_db
BOSS = Actor("the boss")


def test_nobody_waits_before_an_owner_has_chosen_and_nobody_is_added() -> None:
    company = downgraded()
    assert (load_seats(company), who_waits(company)) == (Seats(4, 2, 0), [])
    with pytest.raises(SeatLimitReached):
        team.add_member(company, email="e@example.com", name="E", role=Role.MEMBER, password=None, actor=BOSS)


def test_those_not_chosen_wait_and_none_is_removed() -> None:
    company = downgraded()
    choose(company, "bob")
    assert who_waits(company) == ["carla", "dora"]
    assert load_seats(company) == Seats(2, 2, 2)
    assert company.memberships.count() == 4
    told = Event.objects.filter(code=Code.MEMBER_WAITS).order_by("reason").values_list("reason", "actor_label")
    assert list(told) == [("carla@example.com", "the boss"), ("dora@example.com", "the boss")]


def told_by_mail() -> list[tuple[str, str]]:
    """What goes out now: to whom, and under which subject."""
    mail.outbox.clear()
    send_due_mails()
    return sorted((message.to[0], str(message.subject)) for message in mail.outbox)


def test_who_begins_to_wait_and_who_is_back_gets_one_mail_each_in_their_language() -> None:
    company = downgraded()
    User.objects.filter(email="dora@example.com").update(language="es")
    User.objects.filter(email="carla@example.com").update(last_login=None)
    for _ in range(2):
        choose(company, "bob")
    assert told_by_mail() == [("dora@example.com", "Espera una plaza en Ana Sousa")]
    assert "Nada de lo suyo se ha perdido" in mail.outbox[0].body
    resize(company, 4)
    for _ in range(2):
        team.bring_back(member("dora"), actor=BOSS)
    assert told_by_mail() == [("dora@example.com", "Vuelve a tener una plaza en Ana Sousa")]


def test_where_no_mail_is_configured_waiting_is_told_on_the_page_alone(settings: Settings) -> None:
    settings.MAIL_IS_CONFIGURED = False
    choose(downgraded(), "bob")
    assert not OutgoingMail.objects.exists()


def test_a_choice_that_does_not_fit_changes_nothing() -> None:
    company = downgraded()
    with pytest.raises(TooManyStay):
        choose(company, "bob", "carla")
    assert who_waits(company) == []
    assert not Event.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_owners_never_wait_even_where_they_alone_are_too_many() -> None:
    company = downgraded(users=1)
    ana = member("ana")
    make_person("anton@example.com", company=company)
    team.choose_who_stays(company, stay=[], wait=[ana, *map(member, NAMES)], actor=BOSS)
    assert who_waits(company) == ["bob", "carla", "dora"]
    assert load_seats(company).over == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=ana.pk).update(waits_since=timezone.now())


def test_whoever_was_not_on_the_page_keeps_their_seat_and_counts() -> None:
    company = downgraded()
    with pytest.raises(TooManyStay):
        choose(company, "bob", but=("dora",))
    choose(company, but=("dora",))
    assert who_waits(company) == ["bob", "carla"]


def test_a_choice_can_be_made_anew_and_who_stays_as_they_are_has_no_event() -> None:
    company = downgraded()
    choose(company, "bob")
    since = member("dora").waits_since
    Event._base_manager.all().delete()
    choose(company, "carla")
    assert who_waits(company) == ["bob", "dora"]
    assert member("dora").waits_since == since
    assert set(Event.objects.values_list("code", "reason")) == {
        (Code.MEMBER_WAITS, "bob@example.com"),
        (Code.MEMBER_RETURNED, "carla@example.com"),
    }


def test_people_come_back_when_there_is_room_and_not_before() -> None:
    company = downgraded()
    choose(company, "bob")
    with pytest.raises(SeatLimitReached):
        team.bring_back(member("carla"), actor=BOSS)
    resize(company, 3)
    team.bring_back(member("carla"), actor=BOSS)
    team.bring_back(member("carla"), actor=BOSS)
    assert who_waits(company) == ["dora"]
    assert Event.objects.filter(code=Code.MEMBER_RETURNED).count() == 1
    gone = member("dora")
    team.remove_member(gone, actor=BOSS)
    with pytest.raises(NoLongerMember):
        team.bring_back(gone, actor=BOSS)


def test_who_waits_is_still_of_the_team_and_becomes_no_owner() -> None:
    company = downgraded()
    choose(company, "bob")
    with pytest.raises(AlreadyMember):
        team.add_member(company, email="dora@example.com", name="D", role=Role.MEMBER, password=None, actor=BOSS)
    with pytest.raises(StillWaits):
        team.change_role(member("dora"), Role.OWNER, actor=BOSS)
    with pytest.raises(StillWaits):
        team.hand_over(member("ana"), member("dora"))
    team.change_role(member("dora"), Role.ADMIN, actor=BOSS)
    assert who_waits(company) == ["carla", "dora"]


def test_an_invitation_waits_too_and_so_does_who_accepts_it() -> None:
    company = make_company(users=9)
    make_person(company=company)
    invitation = team.add_member(company, email="e@example.com", name="E", role=Role.MEMBER, password=None, actor=BOSS)
    assert isinstance(invitation, Invitation)
    resize(company, 1)
    team.choose_who_stays(company, stay=[], wait=[invitation], actor=BOSS)
    assert load_seats(company) == Seats(1, 1, 1)
    with pytest.raises(StillWaits):
        team.change_invited_role(invitation, Role.OWNER, actor=BOSS)
    team.accept(invitation, make_person("e@example.com"))
    assert who_waits(company) == ["e"]


def test_nobody_of_another_company_is_touched() -> None:
    company, foreign = downgraded(), make_company("Foreign")
    theirs = make_person("f@example.com", company=foreign, role=Role.MEMBER).memberships.get()
    team.choose_who_stays(company, stay=[], wait=[theirs, *map(member, NAMES)], actor=BOSS)
    assert who_waits(foreign) == []


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_choose_otherwise_at_once_never_fill_more_seats_than_there_are() -> None:
    company = downgraded()
    at_once(lambda: choose(company, "bob"), lambda: choose(company, "carla"))
    assert load_seats(company) == Seats(2, 2, 2)


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_goes_to_one_of_those_who_wait() -> None:
    company = downgraded()
    choose(company, "bob")
    resize(company, 3)
    refusals = at_once(*(lambda n=n: team.bring_back(member(n), actor=BOSS) for n in ("carla", "dora")))
    assert sorted(isinstance(r, SeatLimitReached) for r in refusals) == [False, True]
    assert load_seats(company) == Seats(3, 3, 1)
    assert User.objects.count() == 4
