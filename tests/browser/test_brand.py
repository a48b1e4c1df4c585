"""An operator's name, logo and colour, however bright or dark, on pages and in mails, in a real browser."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from companies.brand.current import digest_of
from companies.models import Installation
from tests.browser.chromium import IN_A_BROWSER, sign_in_by_hand, take_over_session
from tests.browser.looks import faults_of
from tests.companies.brand.pictures import png
from tests.companies.factories import PASSWORD, make_company, make_person, sign_in
from tests.companies.mail.post import page_of, queue_all, sent

pytestmark = IN_A_BROWSER
extreme_colours = pytest.mark.parametrize("colour", ["#ffd400", "#0b1f5c"], ids=["yellow", "dark-blue"])
# A browser says that by itself of a page whose answer is no 200.
NO_COMPLAINT = "Failed to load resource: the server responded with a status of 403"


def dress(colour: str) -> None:
    logo = png()
    Installation.objects.create(
        pk=1, product_name="Atende & Cia", accent_colour=colour, logo=logo, logo_digest=digest_of(logo)
    )


@extreme_colours
def test_pages_can_be_read_in_any_colour(
    page: Page, live_server: LiveServer, complaints: list[str], colour: str
) -> None:
    dress(colour)
    make_person(company=make_company(), password_is_from_shop=True)
    blocked = make_person("b@example.com", company=make_company("Blocked", status="suspended"))
    sign_in_by_hand(page, live_server, "ana@example.com", PASSWORD)
    faults = []
    for path in ("/", "/team/", "/account/", "/accounts/password/change/"):
        page.goto(live_server.url + path)
        assert page.locator("img.logo").evaluate("image => image.complete && image.naturalWidth > 0")
        faults += faults_of(page, complaints)
    take_over_session(page, live_server, sign_in(blocked))
    page.goto(live_server.url)
    faults += faults_of(page, complaints)
    assert [fault for fault in faults if NO_COMPLAINT not in fault] == []


@extreme_colours
@pytest.mark.parametrize("language", ["en", "pt-br", "es"])
def test_mails_can_be_read_in_any_colour_and_ask_nobody_for_anything(
    page: Page, complaints: list[str], colour: str, language: str
) -> None:
    dress(colour)
    queue_all(make_person(language=language))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    faults = []
    for message in sent()[:3]:  # one with a button, and some without: all are made of one page
        page.set_content(page_of(message))
        faults += faults_of(page, complaints)
    assert faults == []
    assert asked == []
