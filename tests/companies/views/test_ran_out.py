"""An invitation that nobody answered is told of on the team's page, and is sent anew or let go with one press."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from companies import team
from companies.errors import InvitationClosed
from companies.events import Actor
from companies.models import Company, Invitation, Membership, Role
from companies.team.roster import RAN_OUT_IS_TOLD_FOR, load_roster
from companies.views.team import RAN_OUT_SHOWN
from tests.companies.factories import make_company, make_person, sign_in
from tests.companies.seats import crowded
from tests.companies.team_page import add

pytestmark = pytest.mark.django_db
BOB = "bob@example.com"


def ran_out(company: Company, email: str = BOB, *, ago: timedelta = timedelta(days=1), **more: object) -> Invitation:
    expires_at = timezone.now() - ago
    return Invitation.objects.create(company=company, email=email, name="Bob", expires_at=expires_at, **more)


def owner_of(company: Company) -> Client:
    return sign_in(make_person(company=company))


def page_of(client: Client, query: str = "") -> str:
    return client.get(f"/team/{query}").content.decode()


def press(client: Client, company: Company, button: str) -> tuple[int, str]:
    row = load_roster(company, company.memberships.order_by("pk")[0]).ran_out[0]
    answer = client.post(f"/team/{row.key}/{button}/", follow=True)
    return answer.status_code, answer.content.decode()


def test_what_ran_out_is_told_to_those_who_manage_for_four_weeks() -> None:
    company = make_company()
    owner = owner_of(company)
    invitation = ran_out(company, ago=RAN_OUT_IS_TOLD_FOR - timedelta(hours=1))
    admin = sign_in(make_person("adm@example.com", company=company, role=Role.ADMIN))
    member = sign_in(make_person("m@example.com", company=company, role=Role.MEMBER))
    told = [BOB in page_of(client) for client in (owner, admin, member)]
    assert told == [True, True, False]
    assert "1 invitation expired without an answer" in page_of(owner)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - RAN_OUT_IS_TOLD_FOR)
    assert BOB not in page_of(owner)


def test_an_administrator_is_not_told_of_an_owner_who_did_not_come() -> None:
    company = make_company()
    owner_of(company)
    ran_out(company, role=Role.OWNER)
    admin = sign_in(make_person("adm@example.com", company=company, role=Role.ADMIN))
    assert BOB not in page_of(admin)
    assert [press(admin, company, button)[0] for button in ("again", "dismiss")] == [403, 403]


def test_one_press_invites_again_in_the_same_role_and_shows_the_link() -> None:
    company = make_company()
    owner = owner_of(company)
    old = ran_out(company, role=Role.ADMIN)
    page = press(owner, company, "again")[1]
    assert f"{BOB} is invited" in page
    assert "/join/" in page
    new = Invitation.objects.get(closed_at=None)
    assert (new.email, new.name, new.role, new.pk != old.pk) == (BOB, "Bob", Role.ADMIN, True)
    assert new.expires_at is not None
    assert new.is_open(timezone.now())
    assert "expired" not in page_of(owner)


def test_what_is_dismissed_is_told_of_no_more_and_stands_in_the_story() -> None:
    company = make_company()
    owner = owner_of(company)
    ran_out(company)
    assert "is dismissed" in press(owner, company, "dismiss")[1]
    assert BOB not in page_of(owner)
    assert Invitation.objects.get().closed_at is not None
    assert company.events.get().reason == BOB


def test_only_what_ran_out_is_dismissed_and_once() -> None:
    company = make_company()
    late = ran_out(company)
    opened = ran_out(company, "carla@example.com", ago=timedelta(days=-1))
    team.dismiss(late, actor=Actor("boss"))
    for invitation in (late, opened):
        with pytest.raises(InvitationClosed):
            team.dismiss(invitation, actor=Actor("boss"))
    assert Invitation.objects.get(closed_at=None) == opened


def test_without_a_free_seat_nobody_is_invited_again() -> None:
    company = make_company(users=1)
    owner = owner_of(company)
    ran_out(company)
    page = page_of(owner)
    assert BOB in page
    assert "Invite again" not in page
    assert "all of it is taken" in press(owner, company, "again")[1]
    assert Invitation.objects.get().closed_at is None


def test_who_came_in_another_way_is_not_told_of_as_somebody_who_did_not() -> None:
    company = make_company()
    owner = owner_of(company)
    ran_out(company)
    Membership.objects.create(user=make_person(BOB), company=company, role=Role.MEMBER)
    assert "expired" not in page_of(owner)


def test_who_is_invited_by_the_form_is_not_told_of_twice() -> None:
    company = make_company()
    owner = owner_of(company)
    ran_out(company)
    add(owner)
    assert "expired" not in page_of(owner)


def test_an_open_invitation_and_a_foreign_one_have_no_such_buttons() -> None:
    company, foreign = make_company(), make_company("Foreign")
    owner, stranger = owner_of(company), sign_in(make_person("s@example.com", company=foreign))
    ran_out(company)
    add(owner, "carla@example.com")
    acting = company.memberships.get()
    opened = next(row for row in load_roster(company, acting).rows if row.email == "carla@example.com")
    assert [owner.post(f"/team/{opened.key}/{button}/").status_code for button in ("again", "dismiss")] == [404, 404]
    assert [press(stranger, company, button)[0] for button in ("again", "dismiss")] == [404, 404]
    assert Invitation.objects.filter(closed_at=None).count() == 2


def test_it_takes_no_seat_and_many_make_the_page_no_longer() -> None:
    crowded(40)
    company = Company.objects.get()
    for number in range(RAN_OUT_SHOWN + 5):
        ran_out(company, f"late{number:02}@example.com", ago=timedelta(hours=number + 1))
    owner = sign_in(company.memberships.get(role=Role.OWNER).user)
    page = page_of(owner)
    assert "41 of 400" in page
    assert f"{RAN_OUT_SHOWN + 5} invitations expired" in page
    assert len(re.findall("/again/", page)) == RAN_OUT_SHOWN
    assert ("late00@" in page, "late14@" in page) == (True, False)
    assert "expired" not in page_of(owner, "?page=2") + page_of(owner, "?q=person")
