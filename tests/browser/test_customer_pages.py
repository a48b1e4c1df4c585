"""Every page that a customer can meet, in each language, at a desk and on a phone, in the light and in the dark."""

import pytest
from playwright.sync_api import Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from billing.models import WhmcsGateway
from plans.models import Plan
from tests.browser.chromium import DESK, IN_A_BROWSER, PHONE, is_wider_than_the_screen, take_over_session
from tests.browser.customer_pages import CustomerPage, customer_pages
from tests.browser.looks import Scheme, barriers_of, look_at
from tests.browser.meter import MOST_BYTES, Meter
from tests.browser.town import build_town
from tests.page_language import LOCALES, ensure_no_english

pytestmark = IN_A_BROWSER
LOOKS: tuple[tuple[str, ViewportSize, Scheme], ...] = (
    ("pt-br", PHONE, "dark"), ("es", DESK, "light"), ("en", PHONE, "light"),
)  # fmt: skip
# A browser says that by itself of a page whose answer is no 200.
NO_COMPLAINT = "Failed to load resource: the server responded with a status of 4"


def test_every_page_is_light_stands_still_and_can_be_read(
    page: Page, live_server: LiveServer, gateway: WhmcsGateway, complaints: list[str]
) -> None:
    """The pages are found once, which takes as long as to look at them."""
    meter, faults, pages = Meter(page), [], customer_pages(build_town(gateway))
    for language, size, scheme in LOOKS:
        page.set_extra_http_headers({"Accept-Language": language})
        look_at(page, scheme, size)
        for visit in pages:
            be(page, live_server, visit)
            meter.load(live_server.url + visit.path)
            faults += [f"{visit}: {fault}" for fault in _faults_of(meter, scheme, size, language)]
    faults += [complaint for complaint in complaints if NO_COMPLAINT not in complaint]
    assert not faults, "\n".join(faults)
    assert meter.hosts == {live_server.url.removeprefix("http://")}
    assert len(pages) > 40


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_that_is_drawn_already_moves_when_the_rest_of_a_page_comes_in(
    page: Page, live_server: LiveServer, gateway: WhmcsGateway, size: ViewportSize
) -> None:
    look_at(page, "light", size)
    meter, faults = Meter(page), []
    for who in build_town(gateway)[1:3]:
        for path in ("/", "/team/", "/account/", "/accounts/password/reset/done/"):
            visit = CustomerPage(who, path, ())
            be(page, live_server, visit)
            meter.load_in_pieces(live_server.url + path)
            faults += [f"{visit}: {jump}" for jump in meter.jumps()]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("width", [320, 576, 768, 980, 1280])
def test_nothing_touches_the_edges_of_a_window_of_any_width(page: Page, live_server: LiveServer, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(live_server.url + "/accounts/login/")
    edges = page.evaluate(
        """[...document.querySelectorAll(".top a, main > *, footer *")].filter((one) => one.offsetWidth)
        .map((one) => one.getBoundingClientRect()).flatMap(({ left, right }) => [left, innerWidth - right])"""
    )
    assert min(edges) >= 16


def be(page: Page, server: LiveServer, visit: CustomerPage) -> None:
    """Let the browser be whose visit it is."""
    page.context.clear_cookies()
    if visit.visitor.client.session.session_key:
        take_over_session(page, server, visit.visitor.client)


def _faults_of(meter: Meter, scheme: Scheme, size: ViewportSize, language: str) -> list[str]:
    """What is wrong with the page that was loaded just now."""
    page, faults = meter.page, []
    if meter.transferred > MOST_BYTES:
        faults.append(f"{meter.transferred} bytes")
    faults += meter.jumps()
    if is_wider_than_the_screen(page):
        faults.append(f"is wider than {size['width']}")
    # In English nothing is left to translate, and in each of these sizes and schemes barriers were looked for already.
    if language not in LOCALES:
        return faults
    ensure_no_english(page.content(), language, but=set(Plan.objects.values_list("name", flat=True)))
    return faults + barriers_of(page, scheme)
