"""Lists on a phone: what they say can be read without turning many screens."""

from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from billing.models import HeldChanges, WhmcsGateway
from sandbox import Shop
from sandbox.seed import seed_demo
from tests.billing.conftest import Sync
from tests.browser.chromium import IN_A_BROWSER, PHONE, take_over_session
from tests.companies.factories import make_person, sign_in

pytestmark = IN_A_BROWSER
HEIGHTS = "rows => rows.map(row => row.offsetHeight)"


def operator_who_is_asked(shop: Shop, run: Sync) -> Client:
    seed_demo(shop)
    run()
    for number in shop.services:
        shop.edit_service(number, status="Terminated")
    run()
    assert HeldChanges.objects.waiting().exists()
    return sign_in(make_person("op@example.com", name="Olga", is_staff=True, is_superuser=True))


def test_a_question_in_the_list_is_no_taller_than_a_third_of_a_phone(
    gateway: WhmcsGateway, shop: Shop, run: Sync, page: Page, live_server: LiveServer
) -> None:
    take_over_session(page, live_server, operator_who_is_asked(shop, run))
    page.set_viewport_size(PHONE)
    for language in ("en", "es", "pt-br"):
        page.set_extra_http_headers({"Accept-Language": language})
        page.goto(f"{live_server.url}/admin/billing/heldchanges/")
        heights = page.eval_on_selector_all("#result_list tbody tr", HEIGHTS)
        assert heights
        assert max(heights) < PHONE["height"] / 3, (language, heights)
