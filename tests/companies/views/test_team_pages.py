"""The list of a company's people, however long it is, and the page of one of them."""

import pytest

from companies.models import Company, Role, User
from companies.team import roster
from companies.views.team import PER_PAGE
from tests.companies.factories import make_company, make_person, sign_in
from tests.companies.seats import crowded
from tests.companies.team_page import key_of

pytestmark = pytest.mark.django_db


def test_a_team_of_three_hundred_is_a_list_in_pages_that_weigh_what_one_of_fifty_does() -> None:
    weights = []
    for people in (50, 300):
        Company.objects.all().delete()
        User.objects.all().delete()
        crowded(people)
        owner = sign_in(User.objects.get(email="ana@example.com"))
        first, second = owner.get("/team/").content.decode(), owner.get("/team/?page=2").content.decode()
        assert first.count("<li><div") == second.count("<li><div") == PER_PAGE
        assert "person.023@" in first
        assert "person.024@" in second
        assert "person.024@" not in first
        weights.append(len(first))
    assert abs(weights[0] - weights[1]) < 100


def test_somebody_is_found_by_a_part_of_name_or_address() -> None:
    crowded(60)
    owner = sign_in(User.objects.get(email="ana@example.com"))
    page = owner.get("/team/", {"q": " department NUMBER person.041"}).content.decode()
    assert "1 person found." in page
    assert "person.041@" in page
    assert page.count("<li><div") == 1
    assert "0 people found." in owner.get("/team/", {"q": "<nobody>"}).content.decode()
    assert "page=2&amp;q=number" in owner.get("/team/", {"q": "number"}).content.decode()


@pytest.mark.parametrize("page", ["0", "99", "-1", "x"])
def test_a_page_that_there_is_not_is_the_nearest_one(page: str) -> None:
    crowded(30)
    answer = sign_in(User.objects.get(email="ana@example.com")).get("/team/", {"page": page})
    assert answer.status_code == 200
    assert "<li>" in answer.content.decode()


def test_a_short_list_is_neither_paged_nor_searched() -> None:
    company = make_company()
    page = sign_in(make_person(company=company)).get("/team/").content.decode()
    assert 'role="search"' not in page
    assert "Page 1" not in page


@pytest.mark.parametrize(
    ("seats", "role", "leads"), [(1, Role.OWNER, True), (2, Role.OWNER, False), (1, Role.ADMIN, False)]
)
def test_where_every_seat_is_taken_the_owner_is_led_to_where_a_larger_plan_is_bought(
    seats: int, role: Role, leads: bool
) -> None:
    company = make_company(users=seats)
    page = sign_in(make_person(company=company, role=role)).get("/team/").content.decode()
    assert ("https://shop.example/clientarea.php" in page) is leads


def test_who_manages_a_person_and_the_person_see_their_page_and_others_do_not() -> None:
    company = make_company(users=9)
    owner = sign_in(make_person(company=company))
    admin = sign_in(make_person("adm@example.com", company=company, role=Role.ADMIN))
    member = sign_in(make_person("m@example.com", company=company, role=Role.MEMBER))
    make_person("other@example.com", company=company, role=Role.MEMBER)
    of_owner, of_other, of_member = (
        f"/team/{key_of(company, email)}/" for email in ("ana@example.com", "other@example.com", "m@example.com")
    )
    assert [client.get(of_other).status_code for client in (owner, admin, member)] == [200, 200, 403]
    assert [client.get(of_owner).status_code for client in (owner, admin, member)] == [200, 403, 403]
    page = member.get(of_member).content.decode()
    assert "Leave this company" in page
    assert "Change role" not in page
    assert of_other not in member.get("/team/").content.decode()


def test_a_stranger_reads_of_a_person_what_they_read_of_nobody() -> None:
    company, foreign = make_company(), make_company("Foreign")
    client = sign_in(make_person(company=company))
    make_person("f@example.com", company=foreign)
    theirs, missing = (client.get(f"/team/{key}/") for key in (key_of(foreign, "f@example.com"), "0" * 24))
    assert (theirs.status_code, theirs.content) == (missing.status_code, missing.content)
    assert theirs.status_code == 404


@pytest.mark.parametrize("act", ["role/", "resend/", "remove/", "back/", "owner/", ""])
def test_whoever_meant_somebody_who_is_gone_reads_that_and_finds_the_list(act: str) -> None:
    company = make_company(users=9)
    client = sign_in(make_person(company=company))
    key = key_of(company, make_person("m@example.com", company=company, role=Role.MEMBER).email)
    company.memberships.filter(role=Role.MEMBER).delete()
    ask = client.post if act else client.get
    answer = ask(f"/team/{key}/{act}", {"role": "admin"})
    assert answer.status_code == 404
    assert "Not in the team any more" in answer.content.decode()
    assert '<a href="/team/">Back to the team</a>' in answer.content.decode()


def test_the_choice_of_who_stays_has_room_for_more_people_than_a_form_may_have_fields() -> None:
    company = crowded(1_050)
    company.plan.users = 300
    company.plan.save()
    owner = sign_in(User.objects.get(email="ana@example.com"))
    shown = " ".join(roster.key_of(membership) for membership in company.memberships.exclude(role=Role.OWNER))
    assert owner.post("/team/who-stays/", {"shown": shown})["Location"] == "/team/"
    assert company.memberships.filter(waits_since__isnull=False).count() == 1_050


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": "no address", "name": "Bea"}, "email"),
        ({"email": "ana@example.com", "name": "Ana"}, "name"),
        ({"email": "bea@example.com", "name": "Bea", "password": "123"}, "password"),
    ],
)
def test_a_form_below_many_people_comes_back_with_what_is_wrong_in_sight(typed: dict[str, str], field: str) -> None:
    crowded(30)
    owner = sign_in(User.objects.get(email="ana@example.com"))
    assert " autofocus" not in owner.get("/team/").content.decode()
    page = owner.post("/team/", {"role": "member", **typed}).content.decode()
    (focused,) = [tag for tag in page.split("<") if " autofocus" in tag]
    assert f'name="{field}"' in focused
