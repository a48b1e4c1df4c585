"""The team after a downgrade, in a real browser without any script of ours: chosen, waiting, back, handed over."""

from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from companies.models import Role, User
from tests.browser.chromium import IN_A_BROWSER, sign_in_by_hand, take_over_session
from tests.browser.looks import faults_of
from tests.browser.meter import MOST_BYTES, Meter
from tests.companies.factories import PASSWORD, sign_in
from tests.companies.seats import crowded, downgraded, resize, who_waits

pytestmark = IN_A_BROWSER


def test_an_owner_chooses_who_stays_gives_a_seat_again_and_hands_over(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    company, faults = downgraded(), []
    sign_in_by_hand(page, live_server, "ana@example.com", PASSWORD)
    page.click("text=Choose who stays")
    faults += faults_of(page, complaints)
    for name in ("carla", "dora"):
        page.uncheck(f"li:has-text('{name}@') [name=stays]")
    page.click("text=Let the others wait")
    assert who_waits(company) == ["carla", "dora"]
    resize(company, 3)
    page.reload()
    faults += faults_of(page, complaints)
    page.click("li:has-text('carla@') >> text=Give a seat")
    page.click("li:has-text('bob@') >> text=Manage")
    faults += faults_of(page, complaints)
    page.click("text=Hand the company over to bob@example.com")
    faults += faults_of(page, complaints)
    page.click("text=Yes, hand over")
    page.wait_for_selector("text=bob@example.com is the owner now")
    take_over_session(page, live_server, sign_in(User.objects.get(email="dora@example.com")))
    page.goto(live_server.url)
    assert "You wait for a seat" in page.inner_text("h1")
    faults += faults_of(page, complaints)
    assert who_waits(company) == ["dora"]
    assert company.memberships.get(role=Role.OWNER).user.email == "bob@example.com"
    # The page that answers 403 is one that a browser complains of by itself.
    assert [fault for fault in faults if "status of 403" not in fault] == []


def test_an_owner_of_a_thousand_chooses_from_light_pages_by_the_keyboard_and_nothing_is_lost_between_them(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    company = crowded(1_000)
    resize(company, 501)
    take_over_session(page, live_server, sign_in(User.objects.get(email="ana@example.com")))
    meter = Meter(page)
    meter.load(f"{live_server.url}/team/who-stays/")
    assert meter.transferred < MOST_BYTES
    page.focus("text=Tick the first 500 people")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=500 people are ticked")
    faults = faults_of(page, complaints)
    page.uncheck("li:has-text('person.003@') [name=stays]")
    meter.transferred = 0
    page.click("nav.pages >> text=Next")
    page.wait_for_selector("li:has-text('person.030@')")
    assert 10_000 < meter.transferred < MOST_BYTES
    page.focus("li:has-text('person.030@') [name=stays]")
    page.keyboard.press("Space")
    page.fill("[name=q]", "person.999")
    page.press("[name=q]", "Enter")
    page.wait_for_selector("text=1 person found.")
    page.check("li:has-text('person.999@') [name=stays]")
    faults += faults_of(page, complaints)
    page.click("text=Let the others wait")
    page.wait_for_selector("text=Done. People who wait")
    assert sorted(who_waits(company)) == ["person.003", "person.030", *(f"person.{n}" for n in range(500, 999))]
    assert faults == []
