"""The way of a customer, in a real browser without any script of ours, under the strict policy."""

from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from companies.models import Role
from tests.browser.chromium import IN_A_BROWSER, is_wider_than_the_screen, sign_in_by_hand
from tests.companies.factories import PASSWORD, make_company, make_person

pytestmark = IN_A_BROWSER


def test_an_owner_adds_somebody_who_then_signs_in_with_an_odd_password(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    odd = " \u00e9\U0001f511 &amp; <b> "
    make_person(company=make_company("Ana Sousa", users=2))
    sign_in_by_hand(page, live_server, "Ana@Example.com", PASSWORD)
    page.click("text=Manage the team")
    for name, value in (("name", "Bob"), ("email", "bob@example.com"), ("password", odd)):
        page.fill(f".add [name={name}]", value)
    page.click(".add button")
    assert "2 of 2" in page.inner_text("main")
    page.click("summary:has-text('ana@example.com') >> nth=0")
    page.click("text=Sign out")
    sign_in_by_hand(page, live_server, "bob@example.com", odd)
    assert "Ana Sousa" in page.inner_text("h1")
    assert complaints == []


def test_no_page_is_wider_than_a_phone(page: Page, live_server: LiveServer) -> None:
    company = make_company("A company with quite a long name & several words GmbH, S\u00e3o Paulo", users=9)
    make_person(company=company, name="Somebody With A Rather Long Name Indeed")
    make_person(
        "averyverylongaddress.withparts@a-long-subdomain.example.com", company=company, role=Role.MEMBER, name="W" * 60
    )
    sign_in_by_hand(page, live_server, "ana@example.com", PASSWORD)
    for path in ("/", "/team/", "/accounts/password/change/"):
        page.goto(live_server.url + path)
        assert not is_wider_than_the_screen(page), path
