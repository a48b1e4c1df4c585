"""Services that vanished from WHMCS: what the company's story tells, and what follows where one is found again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Kind, Subscription, WhmcsGateway
from companies.access import Reason, State
from companies.events import Code
from companies.models import Company, Event
from companies.standings.facts import access_of
from sandbox import Service, Shop
from tests.billing.conftest import Sync
from tests.billing.shopping import buy, company_of, open_kinds, overdue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gone(shop: Shop, run: Sync) -> Service:
    """One of four services, deleted in WHMCS; a reading has found that out."""
    service, *_ = [buy(shop, name) for name in ("Alice", "Bob", "Charlie", "Dora")]
    run()
    shop.delete_service(service.id)
    run()
    return service


def come_back(shop: Shop, service: Service) -> None:
    with shop.change():
        shop.services[service.id] = service


def told(service: Service) -> list[tuple[str, str]]:
    """The story of its company after its beginning."""
    events = Event.objects.filter(company=company_of(service.id)).exclude(code__in=(Code.OPENED, Code.MEMBER_ADDED))
    return list(events.order_by("pk").values_list("code", "reason"))


def test_a_company_whose_service_vanished_is_told_so_once(run: Sync, gone: Service) -> None:
    run()
    due = company_of(gone.id).due_date
    assert told(gone) == [
        (Code.SERVICE_VANISHED, f"WHMCS no longer knows service {gone.id} (last read: Active, due {due})")
    ]


def test_an_operator_reads_on_the_page_of_a_closed_company_that_its_service_vanished(
    run: Sync, gone: Service, operator: Client
) -> None:
    company, due = company_of(gone.id), timezone.localdate() - timedelta(days=10)
    Subscription.objects.filter(service_id=gone.id).update(due_date=due)
    Company.objects.filter(pk=company.pk).update(due_date=due)
    WhmcsGateway.objects.update(confirmed_at=timezone.now() - timedelta(days=10))
    run()
    assert access_of(company_of(gone.id)).reason is Reason.OVERDUE
    assert told(gone)[1:] == [
        (Code.CLOSED_OVERDUE, f"WHMCS no longer knows service {gone.id}, and its last due date {due} has passed")
    ]
    page = operator.get(f"/admin/companies/company/{company.pk}/change/").content.decode()
    assert "Service vanished from WHMCS" in page
    assert f"WHMCS no longer knows service {gone.id}, and its last due date" in page


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_company_whose_service_is_found_again_is_told_so(
    shop: Shop, run: Sync, gone: Service, is_changed: bool
) -> None:
    come_back(shop, gone)
    if is_changed:
        shop.change_plan(gone.id, "Business")
    run()
    run()
    assert [code for code, _ in told(gone)][1:] == [Code.SERVICE_FOUND, *[Code.BILLING_CHANGED] * is_changed]


def test_a_vanished_service_that_is_found_suspended_keeps_what_else_needs_attention_about_it(
    shop: Shop, run: Sync, gone: Service
) -> None:
    """Its record can be repaired again, whatever becomes of its company."""
    come_back(shop, gone)
    shop.suspend(gone.id)
    shop.change_plan(gone.id, "team")
    WhmcsGateway.objects.update(mass_change_count=0, mass_change_percent=0)
    assert run().outcome == "held"
    assert open_kinds() >= {Kind.LOSSES_HELD, Kind.PLAN_UNKNOWN}


def test_a_vanished_service_that_is_found_run_out_is_no_longer_vanished_after_the_same_run(
    shop: Shop, run: Sync, gone: Service
) -> None:
    come_back(shop, gone)
    overdue(shop, gone.id)
    run()
    assert not Subscription.objects.exclude(vanished_at=None).exists()
    assert access_of(company_of(gone.id)).state is State.BLOCKED
    rows = list(Subscription.objects.values_list())
    assert (run().changed, list(Subscription.objects.values_list())) == (0, rows)
