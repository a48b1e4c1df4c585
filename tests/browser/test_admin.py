"""Every page of the administration: at a desk in the light, on a phone in the dark, in three languages."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group
from django.test import Client
from playwright.sync_api import Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from billing.models import HeldChanges
from companies.mail import queue_welcome
from companies.models import Membership
from plans.models import Plan
from sandbox import Shop
from sandbox.seed import seed_demo
from tests.billing.conftest import Sync
from tests.browser.admin_pages import open_pages
from tests.browser.chromium import DESK, IN_A_BROWSER, PHONE, is_wider_than_the_screen, take_over_session
from tests.companies.factories import make_person, sign_in
from tests.test_languages import LOCALES, ensure_no_english

Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[Scheme, ViewportSize], ...] = (("light", DESK), ("dark", PHONE))
GRAVE = ("serious", "critical")


@pytest.fixture
def operator(shop: Shop, run: Sync) -> Client:
    """A superuser, in an installation to which everything has happened once that makes a row."""
    seed_demo(shop)
    run()
    for number in shop.services:
        shop.edit_service(number, status="Terminated")
    run()
    assert HeldChanges.objects.waiting().exists()
    owner = Membership.objects.select_related("user").latest("pk").user
    queue_welcome(owner)
    Group.objects.create(name="Night shift")
    client = sign_in(make_person("op@example.com", name="Olga", is_staff=True, is_superuser=True))
    client.post(f"/admin/companies/user/{owner.pk}/set-password-link/")
    return client


@pytest.mark.django_db
def test_every_page_in_each_language(operator: Client) -> None:
    for address in open_pages(operator):
        for language in LOCALES:
            page = operator.get(address, headers={"accept-language": language})
            assert page.status_code == 200, (address, language)
            ensure_no_english(page.content.decode(), language, but=set(Plan.objects.values_list("name", flat=True)))


class TestInTheBrowser:
    pytestmark = IN_A_BROWSER

    def test_every_page_is_accessible_fits_the_screen_and_keeps_the_policy(
        self, operator: Client, page: Page, live_server: LiveServer, complaints: list[str]
    ) -> None:
        take_over_session(page, live_server, operator)
        faults: list[str] = []
        for address in open_pages(operator):
            page.goto(live_server.url + address)
            faults += [fault for look in LOOKS for fault in _faults_of(page, *look)]
            faults += complaints
            page.evaluate(Axe().axe_script)  # which the policy would complain of, so it comes behind the complaints
            faults += [fault for look in LOOKS for fault in _barriers_of(page, *look)]
            complaints.clear()
        assert not faults, "\n".join(faults)


def _faults_of(page: Page, scheme: Scheme, size: ViewportSize) -> list[str]:
    _look_at(page, scheme, size)
    return [f"{page.url} is wider than {size['width']}"] if is_wider_than_the_screen(page) else []


def _barriers_of(page: Page, scheme: Scheme, size: ViewportSize) -> list[str]:
    """What keeps somebody from using the page, as axe tells it."""
    _look_at(page, scheme, size)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{page.url} {scheme}: {v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in GRAVE]


def _look_at(page: Page, scheme: Scheme, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
