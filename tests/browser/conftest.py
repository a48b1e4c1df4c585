"""A browser of the size of a phone, without any script of ours, under the strict policy."""

from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Page, sync_playwright

from tests.billing.conftest import gateway, plans, run, shop, whmcs
from tests.browser.chromium import CHROMIUM, PATIENCE, PHONE

__all__ = ["complaints", "gateway", "page", "plans", "run", "shop", "whmcs"]


@pytest.fixture
def complaints() -> list[str]:
    """The errors in the browser's console, each with its page."""
    return []


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, complaints: list[str]) -> Iterator[Page]:
    # The browser's driver runs an event loop in this thread, where Django would refuse to use the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=PATIENCE)
        page = browser.new_page(viewport=PHONE, reduced_motion="reduce")
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda m: complaints.append(f"{page.url}: {m.text}") if m.type == "error" else None)
        yield page
        browser.close()
        # Beside an event loop Django keeps a connection of its own, which nobody else would close.
        connection.close()
