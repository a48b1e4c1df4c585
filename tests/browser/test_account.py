"""A person's own pages in a real browser: usable at a desk and on a phone, by hand and for machines that help."""

from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from companies.authentication.links import new_address_url
from companies.models import Membership, Role, User
from tests.browser.chromium import IN_A_BROWSER, PHONE, sign_in_by_hand
from tests.browser.looks import faults_of
from tests.companies.factories import PASSWORD, make_company, make_person

pytestmark = IN_A_BROWSER


def test_the_account_and_its_pages_have_no_barriers(page: Page, live_server: LiveServer, complaints: list[str]) -> None:
    user = make_person(company=make_company("A company with quite a long name & several words GmbH"), name="W" * 60)
    Membership.objects.create(user=user, company=make_company("Cafe", status="suspended"), role=Role.MEMBER)
    sign_in_by_hand(page, live_server, "ana@example.com", PASSWORD)
    confirm = new_address_url(user, "ana@new.example").removeprefix("http://localhost:8000")
    faults = []
    for path in ("/account/", "/account/sessions/", "/account/email/", confirm):
        page.goto(live_server.url + path)
        faults += faults_of(page, complaints)
    assert faults == []


def test_somebody_finds_their_account_in_the_menu_and_reads_it_in_their_language(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    make_person(company=make_company(), name="Ana")
    sign_in_by_hand(page, live_server, "ana@example.com", PASSWORD)
    page.click("summary:has-text('Ana') >> nth=-1")
    page.click("text=My account")
    page.select_option("select[name=language]", "es")
    page.focus("select[name=language]")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Sus cambios se han guardado.")
    assert User.objects.get().language == "es"
    assert complaints == []


def test_on_a_phone_the_two_menus_are_on_the_screen_and_say_which_is_which(page: Page, live_server: LiveServer) -> None:
    """Somebody's first company is called as they are."""
    first = make_company("Ana Smith")
    user = make_person(company=first, name="Ana Smith")
    Membership.objects.create(user=user, company=make_company("Ana Smith"), role=Role.OWNER)
    page.set_viewport_size(PHONE)
    sign_in_by_hand(page, live_server, "ana@example.com", PASSWORD)
    for label in (f"Company: Ana Smith Pro #{first.pk}", "My account: Ana Smith"):
        menu = page.locator(f"details:has(> summary[aria-label='{label}'])")
        menu.locator("summary").click()
        box = menu.locator(".menu").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
