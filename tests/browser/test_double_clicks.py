"""A double click on a button, in a real browser: it is one press, and its answer is the one that is shown."""

from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Request
from pytest_django.live_server_helper import LiveServer

from billing.models import HeldChanges, WhmcsGateway
from companies.authentication.links import invitation_url, set_password_url
from companies.models import Invitation, Role
from tests.browser.chromium import IN_A_BROWSER, take_over_session
from tests.companies.factories import make_company, make_person, sign_in
from tests.companies.team_page import add

pytestmark = IN_A_BROWSER
NEW = "another staple of mine"


def double_click(page: Page, button: str) -> None:
    """The second click comes before the answer to the first."""
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    with page.expect_navigation():
        page.locator(button).first.evaluate("(one) => { one.click(); setTimeout(() => one.click(), 15) }")
    page.wait_for_load_state()
    assert len(sent) == 1


def test_whoever_joins_by_a_link_is_in(page: Page, live_server: LiveServer, complaints: list[str]) -> None:
    company = make_company()
    add(sign_in(make_person(company=company)))
    page.goto(live_server.url + urlsplit(invitation_url(Invitation.objects.get())).path)
    for name in ("password1", "password2"):
        page.fill(f"[name={name}]", NEW)
    double_click(page, "article form button")
    assert urlsplit(page.url).path == "/"
    assert company.memberships.filter(user__email="bob@example.com", role=Role.MEMBER).exists()
    assert complaints == []


def test_whoever_chooses_a_password_by_a_link_is_in(page: Page, live_server: LiveServer) -> None:
    person = make_person(company=make_company())
    page.goto(live_server.url + urlsplit(set_password_url(person)).path)
    for name in ("password1", "password2"):
        page.fill(f"[name={name}]", NEW)
    double_click(page, "article form button")
    assert urlsplit(page.url).path == "/"


def test_whoever_adds_somebody_is_shown_the_link(page: Page, live_server: LiveServer) -> None:
    take_over_session(page, live_server, sign_in(make_person(company=make_company())))
    page.goto(f"{live_server.url}/team/")
    page.fill("[name=name]", "Bob")
    page.fill("[name=email]", "bob@example.com")
    double_click(page, "form:has([name=email]) button")
    assert "bob@example.com is invited" in page.inner_text("main")


def test_an_operator_who_says_yes_reads_that_it_is_noted(
    page: Page, live_server: LiveServer, gateway: WhmcsGateway, operator: Client
) -> None:
    held = HeldChanges.objects.create(
        gateway=gateway, kind=HeldChanges.Kind.ABSENT, opened_at=timezone.now(), figures={"missing": "3", "known": "9"}
    )
    take_over_session(page, live_server, operator)
    page.goto(live_server.url + reverse("admin:billing_heldchanges_change", args=[held.pk]))
    double_click(page, "form[action*=approve] button")
    assert "Noted." in page.inner_text("#content-start, #main")


def test_a_page_that_is_gone_back_to_can_be_sent_again(page: Page, live_server: LiveServer) -> None:
    make_person("ana@example.com", company=make_company())
    page.goto(f"{live_server.url}/accounts/login/")
    page.fill("[name=login]", "ana@example.com")
    page.fill("[name=password]", "a wrong one")
    double_click(page, "article button")
    page.go_back()
    page.fill("[name=login]", "ana@example.com")
    page.fill("[name=password]", "a wrong one")
    with page.expect_navigation():
        page.click("article button")
    assert page.locator(".errorlist").count() == 1
