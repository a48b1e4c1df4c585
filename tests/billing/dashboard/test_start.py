"""The start page as an operator sees it: figures that add up, what each may see, in three languages."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from billing.models import AttentionItem, HeldChanges, Kind, Subscription, SyncRun, WhmcsGateway
from companies.models import Company
from companies.standings.history import note_day
from plans.models import Plan
from sandbox import Shop
from tests.billing.conftest import Sync
from tests.billing.factories import make_gateway
from tests.companies.factories import helper

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
COLUMNS: list[dict[str, Any]] = [
    {},
    {},
    {"due_date": TODAY - timedelta(days=1)},
    {"status": "suspended"},
    {"status": "fraud"},
    {"locked_at": NOW},
    {"due_date": TODAY - timedelta(days=99)},
]


@pytest.fixture
def companies(gateway: WhmcsGateway, plans: dict[str, Plan]) -> None:
    """Companies in several states, things that wait, and a history."""
    WhmcsGateway.objects.update(confirmed_at=NOW)
    for n, columns in enumerate(COLUMNS):
        values = {"due_date": TODAY + timedelta(days=5 * n), **columns}
        Company.objects.create(name=f"Company {n}", plan=plans["Team" if n else "Starter"], source=gateway, **values)
    for n in range(3):
        Subscription.objects.create(gateway=gateway, service_id=n, client_id=n, product_id=7, status="Active")
        AttentionItem.objects.create(gateway=gateway, kind=Kind.VANISHED, subject=str(n))
    Subscription.objects.create(
        gateway=gateway, service_id=99, client_id=9, product_id=7, status="Pending", is_settled=True
    )
    HeldChanges.objects.create(gateway=gateway, kind=HeldChanges.Kind.ABSENT, figures={"missing": "30", "known": "40"})
    HeldChanges.objects.create(gateway=gateway, kind=HeldChanges.Kind.ABSENT, closed_at=NOW)
    SyncRun.objects.create(gateway=gateway, trigger="schedule", outcome="held", finished_at=NOW + timedelta(seconds=9))
    note_day(NOW)


def tiles_of(page: str) -> list[tuple[str, int]]:
    found = re.findall(r'<a class="tile" href="([^"]+)"><strong>(\d+)</strong>', page)
    return [(url.replace("&amp;", "&"), int(number)) for url, number in found]


def test_who_has_said_yes_is_not_asked_for_it_again(gateway: WhmcsGateway, operator: Client) -> None:
    """A first import may take an hour, and until it is over the run that asked is the last one that has ended."""
    held = HeldChanges.objects.create(gateway=gateway, kind=HeldChanges.Kind.FIRST_IMPORT)
    SyncRun.objects.create(
        gateway=gateway, trigger="schedule", outcome="held", error_code="first_import", finished_at=timezone.now()
    )
    assert "waits for your decision" in operator.get("/admin/").content.decode()
    HeldChanges.objects.filter(pk=held.pk).update(verdict="approved", decided_at=timezone.now())
    page = operator.get("/admin/").content.decode()
    assert "asked for your decision, and has it" in page
    assert "waits for your decision" not in page


def test_each_number_is_the_number_of_its_list(companies: None, operator: Client) -> None:
    tiles = tiles_of(operator.get("/admin/").content.decode())
    assert [number for _, number in tiles] == [2, 1, 4, 1, 1, 1, 1, 3, 1, 3, 2, 3, 3]
    for url, number in tiles:
        answer = operator.get(url)
        listed = answer.context["page"].paginator.count if "forecast" in url else answer.context["cl"].result_count
        assert listed == number, url


def test_the_charts_say_the_same_in_a_table(companies: None, operator: Client) -> None:
    page = operator.get("/admin/").content.decode()
    assert re.search(r'plan__id__exact=\d+">Team</a></th><td class="number">6</td>', page)
    assert '<td class="number">2</td><td class="number">1</td><td class="number">3</td>' in page
    assert "? something waited" in page
    assert page.count("<title id=") == page.count("<desc id=") == 3
    assert "style=" not in page


def test_a_page_for_many_companies_and_gateways_asks_no_more(
    companies: None, operator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    operator.get("/admin/")
    with django_assert_max_num_queries(25) as few:
        operator.get("/admin/")
    for n in range(12):
        other = make_gateway(f"Other {n}")
        SyncRun.objects.create(gateway=other, trigger="schedule", outcome="failed", finished_at=NOW)
        plan = Plan.objects.create(name=f"Plan {n}", users=1)
        Company.objects.create(name=f"Another {n}", plan=plan, source=other)
    with django_assert_max_num_queries(len(few.captured_queries)):
        page = operator.get("/admin/").content.decode()
    assert page.count("Other ") >= 12
    assert "all other plans" in page


def test_a_product_code_that_fits_no_company_is_told_though_every_run_is_good(
    companies: None, gateway: WhmcsGateway, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "product 7, the gateway&#x27;s product code, but companies live by others (8, 9)"
    rows = Subscription.objects.filter(gateway=gateway).order_by("service_id")
    for row, company in zip(rows[:3], Company.objects.order_by("pk"), strict=False):
        Subscription.objects.filter(pk=row.pk).update(company=company, product_id=8 + row.service_id)
    Company.objects.filter(subscriptions__product_id=10).update(status="terminated")
    page = operator.get("/admin/").content.decode()
    assert told in page
    assert f'href="/admin/billing/whmcsgateway/{gateway.pk}/change/">To the gateway' in page
    with monkeypatch.context() as only:
        only.setattr("billing.dashboard.products.LOOKED_AT", 1)
        assert "live by others (9)" in operator.get("/admin/").content.decode()
    Subscription.objects.filter(service_id=0).update(product_id=7)
    assert "No company lives by" not in operator.get("/admin/").content.decode()
    Subscription.objects.filter(service_id=0).update(product_id=8)
    WhmcsGateway.objects.update(is_enabled=False)
    assert "No company lives by" not in operator.get("/admin/").content.decode()


def test_who_may_see_nothing_is_shown_no_figures(companies: None) -> None:
    page = helper().get("/admin/").content.decode()
    assert tiles_of(page) == []
    for word in ("WHMCS says", "Company", "approval", "attention", "<svg viewBox", "First steps"):
        assert word not in page.split('id="content-main"')[1]


@pytest.mark.parametrize(
    ("permission", "seen", "unseen"),
    [
        ("view_company", ["All 7 companies", "Who loses access", "by plan"], ["approval", "Sync runs of"]),
        ("view_syncrun", ["Everything is as WHMCS says", "Sync runs of"], ["7 companies", "by plan", "approval"]),
        ("view_heldchanges", ["1 change waits for your approval. 30 services are missing."], ["WHMCS says"]),
        ("view_attentionitem", ["3 things need attention."], ["WHMCS says", "approval"]),
    ],
)
def test_who_may_see_some_things_is_shown_those(
    companies: None, permission: str, seen: list[str], unseen: list[str]
) -> None:
    page = helper(permission).get("/admin/").content.decode().split('id="content-main"')[1]
    assert [word for word in seen if word not in page] + [word for word in unseen if word in page] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("pt-br", ["Todas as 7 empresas estão como o WHMCS diz", "pagamento vencido", "Fechadas", "em até 7 dias"]),
        ("es", ["Las 7 empresas están todas como dice WHMCS", "pago vencido", "Cerradas", "en un plazo de 7 días"]),
    ],
)
def test_it_speaks_the_operators_language(companies: None, operator: Client, language: str, words: list[str]) -> None:
    page = operator.get("/admin/", headers={"accept-language": language}).content.decode()
    assert [word for word in words if word not in page] == []
    # Coordinates are no numbers for people: a comma in them would break the drawing.
    assert not re.search(r'(?:x|y|width|height|cx|cy)="[^"]*,', page)


def done(page: str) -> list[bool]:
    steps = page.split('<ol class="steps">')[1].split("</ol>")[0].split("</li>")[:-1]
    return ["badge-ok" in step for step in steps]


def test_a_fresh_installation_is_led_to_its_first_customer(operator: Client, db: None) -> None:
    page = operator.get("/admin/").content.decode()
    assert "No payment gateway is set up yet." in page
    assert done(page) == [False] * 5
    for url in ("/admin/plans/plan/add/", "/admin/billing/whmcsgateway/add/"):
        assert f'href="{url}"' in page
        assert operator.get(url).status_code == 200


def test_the_steps_are_ticked_as_they_are_taken(operator: Client, gateway: WhmcsGateway, run: Sync, shop: Shop) -> None:
    assert done(operator.get("/admin/").content.decode()) == [True, True, False, False, False]
    WhmcsGateway.objects.update(api_identifier="wrong")
    run()
    page = operator.get("/admin/").content.decode()
    assert done(page) == [True, True, False, False, False]
    assert f"/admin/billing/syncrun/{SyncRun.objects.get().pk}/change/" in page
    WhmcsGateway.objects.update(api_identifier=gateway.api_identifier)
    run()
    assert done(operator.get("/admin/").content.decode()) == [True, True, True, True, False]
    shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    run()
    page = operator.get("/admin/").content.decode()
    assert '<ol class="steps">' not in page
    assert "1 company is as WHMCS says" in page


def test_whose_change_waits_or_could_not_be_done_is_not_called_as_whmcs_says(
    companies: None, gateway: WhmcsGateway, operator: Client
) -> None:
    one, two, three = Company.objects.order_by("pk")[:3]
    held = HeldChanges.objects.create(gateway=gateway, kind=HeldChanges.Kind.LOSSES)
    held.companies.create(company=one, service_id=1)
    for n, (company, kind) in enumerate([(one, Kind.VANISHED), (two, Kind.VANISHED), (three, Kind.PASSWORD_NEEDED)]):
        Subscription.objects.filter(service_id=n).update(company=company)
        AttentionItem.objects.filter(subject=str(n)).update(
            kind=kind, dismissed_at=NOW, subscription=Subscription.objects.get(service_id=n)
        )
    assert "5 of 7 companies are as WHMCS says" in operator.get("/admin/").content.decode()


def test_whose_closing_was_answered_with_a_no_is_not_called_as_whmcs_says(companies: None, operator: Client) -> None:
    open_ones = Company.objects.order_by("pk")[:2]
    Company.objects.filter(pk__in=open_ones).update(closing_held_since=NOW, hold_until=TODAY)
    page = operator.get("/admin/").content.decode()
    assert "5 of 7 companies are as WHMCS says" in page
    assert "The rest waits for a person, or stays open after a no." in page


def test_one_of_something_is_not_told_in_the_plural(companies: None, operator: Client) -> None:
    page = operator.get("/admin/").content.decode()
    assert "<strong>1</strong> <span>change that waits for approval</span>" in page
    assert "<strong>3</strong> <span>need attention</span>" in page
    assert "<strong>3</strong> <span>purchases without a company yet</span>" in page
