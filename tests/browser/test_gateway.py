"""A new operator sets a gateway up in a browser, by what the pages say alone."""

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from billing.models import WhmcsGateway
from plans.models import Plan
from sandbox import SandboxServer, Shop
from tests.browser.chromium import IN_A_BROWSER, take_over_session
from tests.browser.looks import faults_of
from tests.companies.factories import make_person, sign_in

pytestmark = IN_A_BROWSER


def test_from_the_empty_form_to_a_connection_that_works(
    whmcs: SandboxServer, shop: Shop, plans: dict[str, Plan], page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    shop.buy("Alice", "Smith", "alice@example.com", plan="Team ", password="a good first one")
    take_over_session(page, live_server, sign_in(make_person("op@example.com", is_staff=True, is_superuser=True)))
    page.goto(f"{live_server.url}/admin/billing/whmcsgateway/add/")
    page.get_by_label("Name:").fill("Shop")
    page.get_by_label("Base URL:").fill("http://10.0.0.1/")
    page.get_by_label("API identifier:").fill(whmcs.identifier)
    page.get_by_label("API secret:").fill(whmcs.secret)
    page.get_by_label("Product code:").fill("7")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Base URL:")).to_be_focused()
    page.get_by_label("Base URL:").fill(f"{whmcs.url}/clientarea.php")
    page.get_by_label("API identifier:").fill(whmcs.identifier)
    page.get_by_label("API secret:").fill(whmcs.secret)
    page.get_by_label("Product code:").fill(f"{whmcs.url}/cart.php?a=add&pid=7")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("heading", name="Next steps")).to_be_visible()
    assert WhmcsGateway.objects.get().product_code == 7
    assert faults_of(page, complaints) == []

    page.get_by_role("button", name="Test connection").click()
    problem = page.get_by_role("listitem").filter(has=page.get_by_text("Problem", exact=True))
    expect(problem).to_contain_text("WHMCS says “Team␣”, the nearest plan here is “Team”.")
    assert faults_of(page, complaints) == []

    shop.change_plan(next(iter(shop.services)), "Team")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The connection is as it should be.")).to_be_visible()
    expect(page.get_by_role("button", name="Sync now")).to_be_visible()
