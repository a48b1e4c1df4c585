"""Bought, signed in, settled, full, too small, suspended, paid, back: with a mouse and with a keyboard alone."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from plans.models import Plan
from sandbox import SandboxServer
from tests.billing.conftest import Sync
from tests.browser.chromium import DESK, IN_A_BROWSER, PATIENCE, PHONE
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.journey import Journey
from tests.browser.looks import Scheme
from ticketz.celery import app

pytestmark = IN_A_BROWSER


@pytest.fixture(autouse=True)
def _a_worker_that_is_quick() -> Iterator[None]:
    """What is asked of the worker is done at once."""
    cache.clear()
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.mark.parametrize(
    ("language", "size", "scheme", "hands", "has_script"),
    [
        ("pt-br", PHONE, "dark", Mouse(), True),
        ("es", DESK, "light", Mouse(), True),
        ("en", DESK, "light", Keyboard(), True),
        ("en", PHONE, "light", Mouse(), False),
    ],
    ids=["pt-br-phone-dark", "es-desk-light", "en-keyboard", "en-phone-without-script"],
)
def test_a_customer_goes_the_whole_way(
    page: Page, live_server: LiveServer, whmcs: SandboxServer, run: Sync, complaints: list[str],
    language: str, size: ViewportSize, scheme: Scheme, hands: Hands, has_script: bool,
) -> None:  # fmt: skip
    Plan.objects.filter(name="Starter").update(users=2)
    browser = page.context.browser
    assert browser is not None
    ana, other = (
        browser.new_page(
            viewport=size, color_scheme=scheme, reduced_motion="reduce", java_script_enabled=has_script,
            extra_http_headers={"Accept-Language": language},
        )
        for _ in range(2)
    )  # fmt: skip
    for one in (ana, other):
        one.set_default_timeout(PATIENCE)
        one.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    journey = Journey(ana, other, live_server, whmcs, run, hands, language, complaints, is_looked_at=has_script)
    journey.buy()
    journey.sign_in()
    journey.settle()
    journey.fill_the_team()
    journey.shrink()
    journey.be_suspended()
    journey.pay_and_be_back()
    assert not journey.faults, "\n".join(journey.faults)
    assert journey.hosts() == {url.removeprefix("http://") for url in (live_server.url, whmcs.url)}


def test_the_first_tab_leads_past_the_menu(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/accounts/password/reset/done/")
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("element => element === document.activeElement && element.offsetTop >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
