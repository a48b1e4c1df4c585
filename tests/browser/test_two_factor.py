"""Two-factor sign-in in a real browser, with a passkey that Chromium itself keeps, under the strict policy."""

import re

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import IN_A_BROWSER, sign_in_by_hand
from tests.browser.looks import faults_of
from tests.companies.factories import PASSWORD
from tests.companies.factors import OVERVIEW, code_now, enforce, make_operator

pytestmark = IN_A_BROWSER
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def device(page: Page) -> CDPSession:
    """A device that keeps passkeys, and whose owner says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return session


def sign_out(page: Page) -> None:
    page.click("summary:has-text('op@example.com')")
    page.click("text=Sign out")
    page.wait_for_url("**/accounts/login/**")


def add_passkey(page: Page, server: LiveServer, name: str, *, alone: bool = True) -> None:
    page.goto(f"{server.url}{OVERVIEW}passkeys/add/")
    page.fill("[name=name]", name)
    page.set_checked("[name=passwordless]", alone)
    page.click("article button")
    page.wait_for_selector("text=The passkey is added.")


def test_an_operator_who_is_made_to_adds_a_passkey_and_signs_in_with_it_alone(
    page: Page, live_server: LiveServer, device: CDPSession, complaints: list[str]
) -> None:
    make_operator()
    enforce()
    page.goto(f"{live_server.url}/admin/plans/plan/")
    page.fill("[name=login]", "op@example.com")
    page.fill("[name=password]", PASSWORD)
    page.click("article button")
    assert "Operators of this installation need a second factor" in page.inner_text("main")
    add_passkey(page, live_server, "Phone")
    assert len(page.locator(".codes code").all()) == 10
    page.click("text=I have them, go on")
    page.wait_for_url("**/admin/")
    page.goto(live_server.url + OVERVIEW)
    sign_out(page)
    page.goto(f"{live_server.url}/accounts/login/?next=/admin/plans/plan/")
    page.click("text=Sign in with a passkey")
    page.wait_for_url(re.compile(r"/admin/plans/plan/$"))
    assert complaints == []


def test_a_security_key_is_the_second_step_after_the_password(
    page: Page, live_server: LiveServer, device: CDPSession, complaints: list[str]
) -> None:
    make_operator()
    sign_in_by_hand(page, live_server, "op@example.com", PASSWORD)
    add_passkey(page, live_server, "Key", alone=False)
    page.goto(live_server.url + OVERVIEW)
    sign_out(page)
    sign_in_by_hand(page, live_server, "op@example.com", PASSWORD)
    page.click("text=Use a passkey")
    page.wait_for_url(re.compile(r"/admin/$"))
    for word, button in (("Rename", "Rename"), ("Remove", "Remove the passkey")):
        page.goto(live_server.url + OVERVIEW)
        page.click(f"a:has-text('{word}')")
        page.click(f"article button:has-text('{button}')")
        page.wait_for_url(f"**{OVERVIEW}")
    assert not Authenticator.objects.exists()
    assert complaints == []


def test_a_device_that_has_a_passkey_already_says_so(page: Page, live_server: LiveServer, device: CDPSession) -> None:
    make_operator()
    sign_in_by_hand(page, live_server, "op@example.com", PASSWORD)
    add_passkey(page, live_server, "Phone")
    page.goto(f"{live_server.url}{OVERVIEW}passkeys/add/")
    page.click("article button")
    page.wait_for_selector("text=This device holds a passkey for your account already", state="visible")
    assert not page.is_visible("[data-passkey-failed]")


def test_a_browser_that_has_no_passkey_says_so_and_the_password_still_works(
    page: Page, live_server: LiveServer, device: CDPSession
) -> None:
    make_operator()
    page.goto(f"{live_server.url}/accounts/login/")
    page.click("text=Sign in with a passkey")
    page.wait_for_selector("[data-passkey-failed]", state="visible")
    sign_in_by_hand(page, live_server, "op@example.com", PASSWORD)
    page.wait_for_url("**/admin/")


def test_every_page_is_accessible_fits_the_screen_and_keeps_the_policy(
    page: Page, live_server: LiveServer, device: CDPSession, complaints: list[str]
) -> None:
    make_operator()
    faults: list[str] = []

    def look(path: str = "") -> None:
        if path:
            page.goto(live_server.url + path)
        faults.extend(faults_of(page, complaints))

    sign_in_by_hand(page, live_server, "op@example.com", PASSWORD)
    look(OVERVIEW)
    page.goto(f"{live_server.url}{OVERVIEW}app/")
    page.click("summary:has-text('scan')")
    secret = page.inner_text(".secret")
    look()
    page.fill("[name=code]", code_now(secret))
    page.click("article button")
    page.wait_for_selector(".codes")
    look()
    add_passkey(page, live_server, "A key with a name that is about as long as a name may be, no longer")
    for path in (OVERVIEW, f"{OVERVIEW}passkeys/add/", "/accounts/confirm/passkey/"):
        look(path)
    page.context.clear_cookies()
    look("/accounts/login/")
    sign_in_by_hand(page, live_server, "op@example.com", PASSWORD)
    look("/accounts/login/second-step/")
    assert not faults, "\n".join(faults)
