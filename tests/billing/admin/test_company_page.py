"""A company's page: why it is as it is, who belongs to it, which services it lives by, and all that happened."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from billing.models import ReadRequest, SyncRun, WhmcsGateway
from companies import lifecycle
from companies.events import Actor, Code
from companies.models import AuditEntry, Company, Event
from companies.standings.facts import access_of
from sandbox import Shop
from tests.companies.factories import helper, make_company

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(shop: Shop, run: Callable[..., Any]) -> Company:
    """One that was bought, and suspended since."""
    service = shop.buy("Alice", "Smith", "alice@example.com", plan="Team", password="a good first one")
    run()
    shop.suspend(service.id)
    run()
    return Company.objects.get()


def asked() -> list[tuple[int, int]]:
    """What was asked for: gateway and service."""
    return list(ReadRequest.objects.values_list("gateway_id", "service_id"))


def page_of(client: Client, company: Company, query: str = "", language: str = "en") -> str:
    path = f"/admin/companies/company/{company.pk}/change/{query}"
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_tells_why_it_is_locked_and_what_would_open_it(operator: Client, company: Company) -> None:
    page = page_of(operator, company)
    for text in (
        "Why is it closed?", "Is it something other than active in billing?", "This decides",
        "</span> Suspended in billing", "WHMCS sets the service to Active again",
        "An operator keeps it open until a day.",
    ):  # fmt: skip
        assert text in page


def test_it_tells_people_seats_and_services_with_links(operator: Client, company: Company) -> None:
    page = page_of(operator, company)
    for text in ("alice@example.com", "1 of 3 seats are taken.", "clientsservices.php?userid=", "set-password-link"):
        assert text in page


def test_it_tells_what_waits_for_somebody_and_tells_it_no_more_when_that_is_over(
    operator: Client, shop: Shop, run: Callable[..., Any]
) -> None:
    services = [
        shop.buy(name, "Smith", f"{name}@example.com", plan="Team", password="a good first one") for name in "abc"
    ]
    run()
    company = Company.objects.earliest("pk")
    assert "What waits for somebody" not in page_of(operator, company)
    for service in services:
        shop.suspend(service.id)
    shop.change_plan(services[0].id, "Teem")
    run()
    page = page_of(operator, company)
    for text in (
        "What waits for somebody",
        "Many companies would lose access",
        "yes or no",
        "Plan is spelled like none",
    ):
        assert text in page
    for service in services:
        shop.unsuspend(service.id)
    shop.change_plan(services[0].id, "Team")
    run()
    assert "What waits for somebody" not in page_of(operator, company)


def test_the_story_says_what_was_before_and_who_did_it_with_a_link_to_the_run(
    operator: Client, company: Company
) -> None:
    page = page_of(operator, company)
    run_id = Event.objects.filter(code=Code.BILLING_CHANGED).get().actor_label.split()[-1]
    assert "status: active → suspended" in page
    assert f"/admin/billing/syncrun/{run_id}/change/" in page
    assert f"sincronización {run_id}" in page_of(operator, company, language="es")


def test_the_story_says_by_whom_a_person_was_removed_and_whose_address_was_changed(
    operator: Client, company: Company
) -> None:
    removed = {"actor_label": "ana@example.com", "reason": "bea@example.com"}
    Event.objects.create(company=company, code=Code.MEMBER_REMOVED, **removed)
    Event.objects.create(
        company=company, code=Code.EMAIL_CHANGED, before={"email": "a@x.example"}, after={"email": "b@x.example"}
    )
    page = page_of(operator, company)
    assert 'Person removed</strong> <span class="muted">by ana@example.com</span>' in page
    assert "e-mail address: a@x.example" in page
    assert "contact e-mail: a@x.example" not in page


def test_the_whole_story_is_there_page_by_page_and_all_of_it_in_print(operator: Client) -> None:
    company = make_company()
    now = timezone.now()
    Event.objects.bulk_create(
        Event(company=company, code="locked", at=now - timedelta(days=n), reason=f"because {n}.")
        for n in reversed(range(60))
    )
    assert "because 59." not in page_of(operator, company)
    assert "because 59." in page_of(operator, company, "?story=2")
    printed = page_of(operator, company, "?print=1")
    assert "because 0." in printed
    assert "because 59." in printed
    assert "<form" not in printed
    assert "/act/" not in printed


def test_what_runs_held_back_is_told_with_its_reason(
    operator: Client, company: Company, shop: Shop, run: Callable[..., Any]
) -> None:
    shop.change_plan(1, "team")
    run()
    page = page_of(operator, company)
    assert "What runs held back or could not do" in page
    assert "WHMCS says “team”" in page


def test_what_one_run_after_the_other_holds_back_is_told_once(
    operator: Client, shop: Shop, company: Company, run: Callable[..., Any]
) -> None:
    shop.activate(company.subscriptions.get().service_id)
    run()
    shop.change_plan(company.subscriptions.get().service_id, "team")
    for _ in range(3):
        latest = run()
    page = page_of(operator, company).partition("What runs held back")[2].partition("</table>")[0]
    assert page.count("<tr>") == 2, page
    assert f"/syncrun/{latest.pk}/" in page
    assert ">3<" in page


def test_sync_this_one_asks_for_its_services_and_is_written_down(
    operator: Client, company: Company, gateway: WhmcsGateway
) -> None:
    path = f"/admin/billing/syncrun/company/{company.pk}/"
    assert path in page_of(operator, company)
    assert operator.get(path).status_code == 405
    assert operator.post(path).status_code == 302
    assert asked() == [(gateway.pk, company.subscriptions.get().service_id)]
    assert AuditEntry.objects.filter(code="sync_asked_for", company=company).exists()


def test_without_the_right_there_are_no_buttons_and_forged_requests_ask_for_nothing(company: Company) -> None:
    looks = helper("view_company")
    page = page_of(looks, company)
    for text in ("Sync this one now", "set-password-link/", "/act/", "What runs held back"):
        assert text not in page
    assert looks.post(f"/admin/billing/syncrun/company/{company.pk}/").status_code == 403
    assert asked() == []


def test_of_a_company_without_services_nothing_is_asked(operator: Client) -> None:
    company = make_company()
    assert "Sync this one now" not in page_of(operator, company)
    operator.post(f"/admin/billing/syncrun/company/{company.pk}/")
    assert asked() == []
    assert operator.post("/admin/billing/syncrun/company/999/").status_code == 404


def test_whoever_presses_very_often_is_asked_to_wait(operator: Client, company: Company) -> None:
    answers = [operator.post(f"/admin/billing/syncrun/company/{company.pk}/").status_code for _ in range(11)]
    assert answers[-1] == 429


def test_what_an_operator_typed_is_told_as_it_was_typed(operator: Client) -> None:
    company = make_company("<b>Ana</b>")
    lifecycle.lock(company, reason="<i>abuse</i>", actor=Actor("somebody"), at=timezone.now())
    page = page_of(operator, company)
    assert "&lt;i&gt;abuse&lt;/i&gt;" in page
    assert "<b>Ana" not in page


def test_the_command_line_explains_as_well(company: Company) -> None:
    out = StringIO()
    call_command("access_report", str(company.pk), "--explain", "--json", stdout=out)
    (row,) = json.loads(out.getvalue())
    decides = [step for step in row["steps"] if step["verdict"] == "decides"]
    assert [step["rule"] for step in decides] == ["status"]
    assert row["changes"]
    text = StringIO()
    call_command("access_report", str(company.pk), "--explain", stdout=text)
    assert "=> Is it something other than active in billing? Suspended" in text.getvalue()


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(("act", "undo"), [("hold", "end-hold"), ("lock", "unlock")])
def test_where_billing_decides_again_it_is_asked_at_once_so_that_who_has_just_paid_is_in(
    operator: Client, shop: Shop, company: Company, act: str, undo: str
) -> None:
    press(operator, company, act)
    [service] = shop.services
    shop.unsuspend(service)
    press(operator, company, undo)
    company.refresh_from_db()
    assert access_of(company).reason == "paid"


@pytest.mark.usefixtures("at_once")
def test_a_gateway_that_is_switched_off_is_not_asked_where_billing_decides_again(
    operator: Client, gateway: WhmcsGateway, company: Company
) -> None:
    press(operator, company, "hold")
    WhmcsGateway.objects.update(is_enabled=False)
    runs = SyncRun.objects.count()
    press(operator, company, "end-hold")
    company.refresh_from_db()
    assert (access_of(company).reason, SyncRun.objects.count()) == ("suspended", runs)


def press(client: Client, company: Company, act: str) -> None:
    typed = {"reason": "so it is", "until": (timezone.localdate() + timedelta(days=3)).isoformat()}
    assert client.post(f"/admin/companies/company/{company.pk}/{act}/act/", typed).status_code == 302
