"""Where the browser is, how tests that need it are marked, and the ways into Ticketz with it."""

import shutil

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE: ViewportSize = {"width": 390, "height": 800}
DESK: ViewportSize = {"width": 1280, "height": 900}
# Milliseconds in which a browser does what it is told on a machine that is very busy.
PATIENCE = 180_000
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
]


def sign_in_by_hand(page: Page, server: LiveServer, email: str, password: str) -> None:
    page.goto(f"{server.url}/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.click("article button")


def take_over_session(page: Page, server: LiveServer, client: Client) -> None:
    """Let the browser be signed in as whom this client is signed in."""
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": server.url}])


def is_wider_than_the_screen(page: Page) -> bool:
    """Whether somebody would have to scroll sideways to read all of the page."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
