"""What owners, administrators, members and strangers see and do when there are more people than seats."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Company, Membership, Role, User
from companies.people.seats import load_seats
from companies.team.roster import load_rows
from tests.companies.factories import make_company, make_person, sign_in
from tests.companies.seats import NAMES, PAGE, choose, downgraded, of, resize, who_waits
from tests.companies.team_page import add, key_of

pytestmark = pytest.mark.django_db


def tick(client: Client, company: Company, *names: str) -> str:
    """Send the page in with these ticked, as a browser does."""
    page = client.get(PAGE).content.decode()
    shown = re.findall(r'name="shown" value="([\w ]+)"', page)
    stays = [key_of(company, f"{name}@example.com") for name in names]
    return client.post(PAGE, {"shown": shown, "stays": stays}, follow=True).content.decode()


def test_an_owner_chooses_and_reads_what_came_of_it() -> None:
    company = downgraded()
    owner = of("ana")
    for path in ("/", "/team/"):
        assert PAGE in owner.get(path).content.decode()
    page = tick(owner, company, "bob", "carla")
    assert "room for 2 people. Owners take seats too" in page
    assert page.count(" checked>") == 2  # what was ticked is not lost
    page = tick(owner, company, "bob")
    assert "Done. People who wait read why at their next click" in page
    assert page.count("waits for a seat since") == 2
    assert "2 people wait for a seat." in page
    assert who_waits(company) == ["carla", "dora"]


def test_who_waits_reads_why_and_whom_to_ask_at_the_next_click_of_each_session() -> None:
    company = downgraded()
    browsers = [of("dora"), of("dora")]
    assert [b.get("/team/").status_code for b in browsers] == [200, 200]
    choose(company, "bob")
    for browser in browsers:
        for path in ("/", "/team/", PAGE):
            answer = browser.get(path)
            page = answer.content.decode()
            assert answer.status_code == 403
            assert "You wait for a seat in Ana Sousa" in page
            assert "<li>ana@example.com</li>" in page
            assert "bob@example.com" not in page
            assert 'href="/team/"' not in page
        assert browser.post("/team/", {"name": "X"}).status_code == 403
        assert browser.get("/accounts/password/change/").status_code == 200
        account = browser.get("/account/").content.decode()
        assert ("waits for a seat since" in account, "you are working here" in account) == (True, False)
    resize(company, 3)
    of("ana").post(f"/team/{key_of(company, 'dora@example.com')}/back/")
    assert [b.get("/team/").status_code for b in browsers] == [200, 200]


def test_who_waits_is_asked_for_no_larger_plan_once_there_is_room() -> None:
    company = downgraded()
    choose(company, "bob")
    dora = of("dora")
    assert "or to choose a larger plan" in dora.get("/").content.decode()
    resize(company, 3)
    page = dora.get("/").content.decode()
    assert "There is room again. Ask an owner to give you a seat:" in page
    assert "larger plan" not in page


def test_who_removes_somebody_reads_of_a_free_seat_only_where_they_took_one() -> None:
    company = downgraded()
    choose(company, "bob")
    pages = [of("ana").get(f"/team/{key_of(company, f'{name}@example.com')}/") for name in ("bob", "dora")]
    assert ["The seat is free again." in page.content.decode() for page in pages] == [True, False]
    assert "dora@example.com no longer waits for a seat." in pages[1].content.decode()


def test_who_waits_in_one_company_works_in_another() -> None:
    company, other = downgraded(), make_company("Zoo")
    Membership.objects.create(user=User.objects.get(email="dora@example.com"), company=other, role=Role.MEMBER)
    browser = of("dora")
    browser.post("/company/switch/", {"company": company.pk})
    Membership.objects.filter(company=company, user__email="dora@example.com").update(waits_since=timezone.now())
    assert browser.get("/").status_code == 403
    assert browser.post("/company/switch/", {"company": other.pk}).status_code == 302
    assert browser.get("/").status_code == 200
    assert of("dora").get("/").context["request"].company == other


def test_after_an_upgrade_it_is_offered_to_give_seats_again() -> None:
    company = downgraded()
    choose(company, "bob")
    owner = of("ana")
    assert "/back/" not in owner.get("/team/").content.decode()
    resize(company, 3)
    assert "There is room again" in owner.get("/").content.decode()
    address = f"/team/{key_of(company, 'carla@example.com')}/back/"
    assert address in owner.get("/team/").content.decode()
    assert "carla@example.com has a seat again." in owner.post(address, follow=True).content.decode()
    dora = f"/team/{key_of(company, 'dora@example.com')}/back/"
    assert "all of it is taken" in owner.post(dora, follow=True).content.decode()
    assert who_waits(company) == ["dora"]


def test_only_owners_choose_and_only_who_manages_gives_seats() -> None:
    company, foreign = downgraded(), make_company("Foreign")
    make_person("adm@example.com", company=company, role=Role.ADMIN)
    make_person("s@example.com", company=foreign)
    shown = [row.key for row in load_rows(company, company.memberships.all()[0])]
    for name, status in (("adm", 403), ("bob", 403), ("s", 302)):
        assert of(name).get(PAGE).status_code == of(name).post(PAGE, {"shown": " ".join(shown)}).status_code == status
    assert who_waits(company) == []
    resize(company, 3)
    choose(company, "bob")
    resize(company, 9)
    back = f"/team/{key_of(company, 'dora@example.com')}/back/"
    assert [of(name).post(back).status_code for name in ("bob", "carla", "s", "adm")] == [403, 403, 404, 302]
    assert who_waits(company) == ["carla"]


def test_without_too_many_people_there_is_nothing_to_choose() -> None:
    company = downgraded(users=4)
    assert of("ana").get(PAGE)["Location"] == "/team/"
    keys = [key_of(company, f"{name}@example.com") for name in NAMES]
    assert of("ana").post(PAGE, {"shown": " ".join(keys)})["Location"] == "/team/"
    assert who_waits(company) == []


def test_the_choice_does_not_tell_whose_address_is_known_here() -> None:
    company, other = make_company(users=9), make_company("Other")
    make_person("known@example.com", company=other)
    owner = sign_in(make_person(company=company))
    for name in ("fresh", "known"):
        add(owner, f"{name}@example.com", password="a first password")
    resize(company, 1)

    def rows() -> set[str]:
        page = re.sub(r"[0-9a-f]{24}", "", owner.get(PAGE).content.decode())
        items = re.findall(r"<li>.*?</li>", page.replace("fresh@", "X@").replace("known@", "X@"), re.DOTALL)
        return {item for item in items if "X@" in item}

    assert len(rows()) == 1
    tick(owner, company)
    assert load_seats(company).waiting == 2
    assert len(rows()) == 1
    resize(company, 2)
    for name in ("fresh", "known"):
        address = f"/team/{key_of(company, f'{name}@example.com')}/back/"
        assert f"{name}@example.com has a seat again." in owner.post(address, follow=True).content.decode()
        tick(owner, company)


def test_operators_see_who_waits() -> None:
    company = downgraded()
    choose(company, "bob")
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    page = operator.get(f"/admin/companies/company/{company.pk}/change/").content.decode()
    assert page.count("waits for a seat since") == 2
    assert "2 of 2 seats are taken" in page


def test_whoever_joined_since_the_page_was_made_is_not_touched() -> None:
    company = downgraded()
    shown = [key_of(company, f"{name}@example.com") for name in ("bob", "carla")]
    assert of("ana").post(PAGE, {"shown": " ".join(shown)})["Location"] == "/team/"
    assert who_waits(company) == ["bob", "carla"]


def test_one_button_unticks_everybody_and_another_ticks_as_many_as_there_is_room_for() -> None:
    downgraded(users=3)
    ana = of("ana")
    assert ana.get(PAGE).content.decode().count(" checked>") == 3
    assert ana.post(PAGE, {"tick": "nobody"}).content.decode().count(" checked>") == 0
    page = ana.post(PAGE, {"tick": "first"}).content.decode()
    assert re.findall(r" checked>.*?(\w+)@", page) == ["bob", "carla"]
    assert "Tick the first 2 people</button>" in page
    assert who_waits(Company.objects.get()) == []


def test_where_owners_take_every_seat_no_button_ticks_anybody() -> None:
    downgraded(users=1)
    page = of("ana").get(PAGE).content.decode()
    assert "Untick everybody" in page
    assert "Tick the first" not in page
