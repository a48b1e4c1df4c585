"""Every page of the administration: at a desk in the light, on a phone in the dark, in three languages."""

import pytest
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils.safestring import SafeString
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from billing.models import HeldChanges, Subscription, WhmcsGateway
from billing.previews import stored
from companies.mail.outbox import queue_welcome
from companies.models import Installation, Membership, User
from plans.models import Plan
from sandbox import Shop
from sandbox.seed import seed_demo
from tests.billing.conftest import Sync
from tests.browser.admin_pages import open_pages
from tests.browser.chromium import IN_A_BROWSER, take_over_session
from tests.browser.looks import faults_of
from tests.companies.factories import make_person, sign_in
from tests.test_languages import LOCALES, ensure_no_english, page_in


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
