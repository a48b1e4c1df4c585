"""The menus at the top of a customer's pages: they close where somebody goes on."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from companies.models import Membership, Role
from tests.browser.chromium import IN_A_BROWSER, sign_in_by_hand
from tests.companies.factories import PASSWORD, make_company, make_person

pytestmark = IN_A_BROWSER
OPEN = "details.popup[open]"


@pytest.fixture
def with_open_menu(page: Page, live_server: LiveServer) -> Page:
    """The overview of somebody with two companies, who has opened the menu of the companies with the keyboard."""
    user = make_person(company=make_company("Ana's shop"), name="Ana")
    Membership.objects.create(user=user, company=make_company("Ana's office"), role=Role.OWNER)
    sign_in_by_hand(page, live_server, "ana@example.com", PASSWORD)
    page.focus("summary >> nth=0")
    page.keyboard.press("Enter")
    assert page.locator(OPEN).count() == 1
    return page


def test_escape_closes_a_menu_and_goes_back_to_its_button(with_open_menu: Page, complaints: list[str]) -> None:
    with_open_menu.keyboard.press("Tab")
    with_open_menu.keyboard.press("Escape")
    assert with_open_menu.locator(OPEN).count() == 0
    assert with_open_menu.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert complaints == []


def test_a_menu_does_not_stay_open_on_what_has_the_focus(with_open_menu: Page) -> None:
    for _ in with_open_menu.locator(f"{OPEN} button").all():
        with_open_menu.keyboard.press("Tab")
    assert with_open_menu.locator(OPEN).count() == 1, "as long as the focus is in it, it stays open"
    with_open_menu.keyboard.press("Tab")
    assert with_open_menu.locator(OPEN).count() == 0


def test_a_click_elsewhere_closes_a_menu(with_open_menu: Page) -> None:
    with_open_menu.mouse.click(600, 500)
    assert with_open_menu.locator(OPEN).count() == 0
