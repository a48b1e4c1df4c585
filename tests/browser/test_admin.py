"""Every page of the administration: at a desk in the light, on a phone in the dark, in three languages."""

import pytest
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from billing.models import HeldChanges, Subscription, WhmcsGateway
from billing.previews import stored
from companies.mail.outbox import queue_welcome
from companies.models import Company, Installation, Invitation, Membership, User
from plans.models import Plan
from sandbox import Shop
from sandbox.seed import seed_demo
from tests.billing.conftest import Sync
from tests.browser.admin_pages import open_pages
from tests.browser.chromium import IN_A_BROWSER, is_wider_than_the_screen, take_over_session
from tests.browser.looks import faults_of
from tests.companies.factories import make_person, sign_in
from tests.page_language import LOCALES, ensure_no_english, page_in

# Of each cell of a folded row that is no row's name: what the browser writes before it, against the head of its column.
UNLABELLED = """(table) => {
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  return [...table.querySelectorAll("tbody tr")].flatMap((row) => [...row.cells].map((cell, column) => [cell, column]))
    .filter(([cell]) => cell.tagName === "TD")
    .map(([cell, column]) => [getComputedStyle(cell, "::before").content, `"${heads[column]}: "`])
    .filter(([said, head]) => said !== head).map(([said, head]) => `${said} instead of ${head}`);
}"""

# Of a list: what is out of sight where nobody expects to scroll, and headings that their arrow covers.
HIDDEN = """() => {
  const list = document.querySelector("#changelist .results");
  const found = list && innerWidth > 1200 && list.scrollWidth > list.clientWidth ? ["a column is out of sight"] : [];
  for (const head of document.querySelectorAll("#result_list th.sorted")) {
    const words = document.createRange();
    words.selectNodeContents(head.querySelector(".text"));
    const text = words.getBoundingClientRect(), arrow = head.querySelector(".toggle").getBoundingClientRect();
    if (text.right > arrow.left && text.bottom > arrow.top && arrow.bottom > text.top) found.push(head.textContent);
  }
  return found;
}"""


@pytest.fixture
def operator(shop: Shop, gateway: WhmcsGateway, run: Sync) -> Client:
    """A superuser, in an installation to which everything has happened once that makes a row."""
    seed_demo(shop)
    run()
    for number in shop.services:
        shop.edit_service(number, status="Terminated")
    stored.make(stored.ask(gateway, asked_by="Olga"))
    run()
    assert HeldChanges.objects.waiting().exists()
    owner = Membership.objects.select_related("user").latest("pk").user
    queue_welcome(owner)
    Group.objects.create(name="Night shift")
    Installation.load().save()
    client = sign_in(make_person("op@example.com", name="Olga", is_staff=True, is_superuser=True))
    client.post(f"/admin/companies/user/{owner.pk}/set-password-link/")
    return client


@pytest.mark.once
@pytest.mark.django_db
def test_every_page_in_each_language(operator: Client) -> None:
    plans = Plan.objects.values_list("name", flat=True)
    words_of_whmcs = Subscription.objects.values_list("status", flat=True)
    for address in open_pages(operator):
        for language in LOCALES:
            ensure_no_english(page_in(language, address, operator), language, but={*plans, *words_of_whmcs})


def page_of(row: Model) -> str:
    return reverse(admin_urlname(row._meta, SafeString("change")), args=[row.pk])


class TestInTheBrowser:
    pytestmark = IN_A_BROWSER

    def test_every_page_is_accessible_fits_the_screen_and_keeps_the_policy(
        self, operator: Client, page: Page, live_server: LiveServer, complaints: list[str]
    ) -> None:
        take_over_session(page, live_server, operator)
        faults: list[str] = []
        for address in open_pages(operator):
            page.goto(live_server.url + address)
            faults += faults_of(page, complaints)
        for model, button in ((WhmcsGateway, "Test connection"), (User, "Make a set-password link")):
            page.goto(live_server.url + page_of(model.objects.latest("pk")))
            page.click(f"button:has-text('{button}')")
            faults += faults_of(page, complaints)
        assert not faults, "\n".join(faults)

    def test_a_list_has_a_tablets_whole_width_and_a_button_opens_its_filters(
        self, operator: Client, page: Page, live_server: LiveServer
    ) -> None:
        take_over_session(page, live_server, operator)
        page.set_viewport_size({"width": 768, "height": 1000})
        page.goto(f"{live_server.url}/admin/companies/event/")
        results, filters = page.locator("#changelist .results").bounding_box(), page.locator("#filters")
        assert results is not None
        assert results["width"] > 700
        assert not filters.is_visible()
        page.click("button[popovertarget=filters]")
        assert filters.is_visible()

    def test_no_column_is_out_of_sight_at_a_desk_and_no_arrow_stands_on_a_heading(
        self, operator: Client, page: Page, live_server: LiveServer
    ) -> None:
        """In the two longer languages; on a phone the lists are scrolled sideways, and the arrows are there too."""
        take_over_session(page, live_server, operator)
        faults = []
        for language in ("es", "pt-br"):
            page.set_extra_http_headers({"Accept-Language": language})
            for address in [address for address in open_pages(operator) if address.count("/") == 4]:
                for width in (1280, 390):
                    page.set_viewport_size({"width": width, "height": 1000})
                    page.goto(live_server.url + address)
                    faults += [f"{address} {language} {width}: {f}" for f in page.evaluate(HIDDEN)]
        assert not faults, "\n".join(faults)

    def test_each_cell_of_a_folded_table_says_what_it_is(
        self, operator: Client, gateway: WhmcsGateway, page: Page, live_server: LiveServer
    ) -> None:
        """On a small tablet, in Spanish: the head of such a table is not to be seen there."""
        overdue = Company.objects.exclude(due_date=None).latest("pk")
        Company.objects.filter(pk=overdue.pk).update(due_date=timezone.localdate())
        Invitation.objects.create(company=overdue, email="a@example.com", expires_at=timezone.now())
        take_over_session(page, live_server, operator)
        page.set_viewport_size({"width": 800, "height": 1000})
        page.set_extra_http_headers({"Accept-Language": "es"})
        what_if = f"{page_of(gateway)[:-7]}what-if/?grace_days=0"
        found, faults = set(), []
        for address in (*open_pages(operator), page_of(overdue), what_if):
            page.goto(live_server.url + address)
            if is_wider_than_the_screen(page):
                faults.append(f"{address} is wider than the screen")
            for table in page.locator("table.stacks").all():
                found.add(table.locator("thead").inner_text())
                faults += [f"{address}: {fault}" for fault in table.evaluate(UNLABELLED)]
        assert not faults, "\n".join(faults)
        assert len(found) == 8, found
