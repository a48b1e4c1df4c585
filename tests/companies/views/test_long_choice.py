"""Who stays of more people than a page shows, as a browser without scripts goes from page to page."""

import re

import pytest
from django.test import Client

from companies.models import Company, Role
from companies.views.team import PER_PAGE
from tests.companies.factories import make_person
from tests.companies.seats import PAGE, crowded, of, resize, who_waits

pytestmark = pytest.mark.django_db


class Form:
    """The form as a browser has it: what is typed, what is ticked, which button is pressed."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.page = client.get(PAGE).content.decode()
        self.boxes = self._boxes()

    def untick(self, person: str) -> None:
        self.boxes = {key: (who, False if person in who else on) for key, (who, on) in self.boxes.items()}

    def tick(self, person: str) -> None:
        self.boxes = {key: (who, True if person in who else on) for key, (who, on) in self.boxes.items()}

    def ticked(self) -> str:
        return " ".join(who for who, on in self.boxes.values() if on)

    def press(self, **typed: str) -> None:
        """Send it in by a button; without one that is named it is the one that does it."""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.page))
        stays = [key for key, (_, on) in self.boxes.items() if on]
        self.page = self.client.post(PAGE, {**hidden, "stays": stays, **typed}, follow=True).content.decode()
        self.boxes = self._boxes()

    def _boxes(self) -> dict[str, tuple[str, bool]]:
        found = re.findall(r'name="stays" value="(\w+)"( checked)?>(.*?)</li>', self.page)
        return {key: (who, bool(on)) for key, on, who in found}


@pytest.fixture
def company() -> Company:
    company = crowded(300)
    resize(company, 298)
    return company


def test_each_page_weighs_what_one_of_a_small_team_does(company: Company) -> None:
    page = of("ana").get(PAGE).content.decode()
    assert page.count("<li><label>") == PER_PAGE
    assert len(page) < 14_000


@pytest.mark.parametrize("room", [100, 500, 900])
def test_of_a_thousand_a_page_says_little_however_many_are_ticked(room: int) -> None:
    resize(crowded(1_000), room + 1)
    form = Form(of("ana"))
    lightest = len(form.page)
    form.press(tick="first")
    assert f"{room} people are ticked" in form.page
    assert len(form.page) < lightest + 4_200


def test_what_is_ticked_on_one_page_is_kept_on_the_others(company: Company) -> None:
    form = Form(of("ana"))
    form.untick("person.003@")
    form.press(page="2")
    assert "299 people are ticked, all pages together." in form.page
    assert "person.003@" not in form.page
    form.untick("person.030@")
    form.press(page="1")
    assert "person.003@" not in form.ticked()
    assert "person.004@" in form.ticked()
    form.press()
    assert "299 people" not in form.page
    assert "room for 298 people. Owners take seats too" in form.page
    form.press(page="1", q="person.299@")
    assert "1 person found." in form.page
    form.untick("person.299@")
    form.press()
    assert "Done. People who wait" in form.page
    waiting = company.memberships.filter(waits_since__isnull=False)
    assert sorted(waiting.values_list("user__email", flat=True)) == [
        f"person.{number}@department.example.com" for number in ("003", "030", "299")
    ]
    assert "297 people are ticked" in of("ana").get(PAGE).content.decode()


def test_what_was_unticked_can_be_ticked_again_from_another_page(company: Company) -> None:
    form = Form(of("ana"))
    form.untick("person.003@")
    form.press(page="2")
    form.press(page="1")
    form.tick("person.003@")
    form.press(page="2")
    assert "300 people are ticked" in form.page


def test_whoever_joins_meanwhile_is_asked_about_on_no_page(company: Company) -> None:
    form = Form(of("ana"))
    for name in ("person.001@", "person.002@", "person.003@"):
        form.untick(name)
    make_person("aaa@example.com", company=company, role=Role.MEMBER)
    form.press(page="2")
    resize(company, 299)
    form.press()
    assert "Done. People who wait" in form.page
    assert who_waits(company) == ["person.001", "person.002", "person.003"]


def test_of_whoever_joins_meanwhile_nothing_is_concluded_from_what_most_others_do(company: Company) -> None:
    form = Form(of("ana"))
    form.press(tick="nobody")
    form.tick("person.001@")
    make_person("aaa@example.com", company=company, role=Role.MEMBER)
    form.press()
    assert "Done. People who wait" in form.page
    assert company.memberships.filter(waits_since__isnull=False).count() == 299
    assert not {"aaa", "person.001"} & set(who_waits(company))


def test_whoever_joins_meanwhile_is_shown_as_they_stand(company: Company) -> None:
    form = Form(of("ana"))
    form.press(tick="nobody")
    make_person("aaa@example.com", company=company, role=Role.MEMBER)
    form.press(page="1")
    assert "aaa@" in form.ticked()
    assert "1 person is ticked" in form.page


@pytest.mark.parametrize(("people", "first"), [(3, 'type="submit"'), (300, 'name="page" value="1"')])
def test_enter_never_presses_the_button_that_unticks_everybody(people: int, first: str) -> None:
    resize(crowded(people), 2)
    form = of("ana").get(PAGE).content.decode().split('class="choice"')[1]
    assert first in form.split("<button ")[1].split(">")[0]


def test_a_few_are_ticked_page_by_page_once_nobody_is(company: Company) -> None:
    resize(company, 4)
    form = Form(of("ana"))
    form.press(page="2")
    form.press(tick="nobody")
    for page, name in (("1", "person.003@"), ("2", "person.030@"), ("13", "person.299@")):
        form.press(page=page)
        form.tick(name)
    form.press()
    assert "Done. People who wait" in form.page
    assert company.memberships.filter(waits_since=None).count() == 4
    assert not {"person.003", "person.030", "person.299"} & set(who_waits(company))


@pytest.mark.parametrize(("field", "nonsense"), [("joined", "²"), ("joined", ""), ("but", "é"), ("but", "A")])
def test_of_nonsense_about_the_other_pages_nobody_there_loses_a_seat(
    company: Company, field: str, nonsense: str
) -> None:
    resize(company, 300 - PER_PAGE + 2)
    form = Form(of("ana"))
    form.press(tick="nobody")
    form.press(**{field: nonsense})
    assert "Done. People who wait" in form.page
    assert who_waits(company) == [f"person.{number:03}" for number in range(PER_PAGE - 1)]


def test_a_search_that_finds_nobody_forgets_nothing(company: Company) -> None:
    form = Form(of("ana"))
    form.untick("person.003@")
    form.press(page="1", q="nobody like that")
    assert "0 people found." in form.page
    form.press(page="1", q="")
    assert "299 people are ticked" in form.page
    assert "person.003@" not in form.ticked()
