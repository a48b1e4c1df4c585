"""A company whose closing waits is never closed by a date alone, so an operator is told when it has waited for long."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from billing.models import WhmcsGateway
from companies.models import Company
from sandbox import SandboxServer, Shop
from sandbox.faults import api_error
from tests.billing.conftest import Sync
from tests.billing.shopping import are_open, asks_for, buy, overdue
from tests.billing.status_report import status_said
from tests.companies.factories import helper

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = "1 company stays open only because its closing has waited since"


@pytest.fixture
def late(shop: Shop, whmcs: SandboxServer, run: Sync) -> int:
    """WHMCS's list says that it is not paid, and the second reading fails."""
    service = buy(shop).id
    run()
    overdue(shop, service)
    whmcs.faults.when(asks_for(service), api_error("Out of order"))
    assert run().outcome == "held"
    return service


def status() -> tuple[int, bool]:
    """The exit status, and whether it is told."""
    code, said = status_said()
    return code, TOLD in said


def wait_for(days: int, **columns: Any) -> None:
    Company.objects.update(closing_held_since=timezone.now() - timedelta(days=days), **columns)


def test_no_date_closes_it_and_the_start_page_tells_when_that_is_long(late: int, operator: Client) -> None:
    """As long as a date may stay unconfirmed it is nothing that an operator would not know."""
    WhmcsGateway.objects.update(is_enabled=False)
    with time_machine.travel(timezone.now() + timedelta(days=99)):
        assert are_open([late]) == [True]
    wait_for(days=13)
    assert TOLD not in operator.get("/admin/").content.decode()
    wait_for(days=15)
    page = operator.get("/admin/").content.decode()
    assert TOLD in page
    assert "/admin/companies/company/?exception=waiting" in page
    assert operator.get("/admin/companies/company/?exception=waiting").context["cl"].result_count == 1


def test_it_is_as_long_as_the_gateway_says(late: int) -> None:
    WhmcsGateway.objects.update(unconfirmed_days=20)
    wait_for(days=19)
    assert status() == (0, False)
    wait_for(days=21)
    assert status() == (1, True)


def test_it_is_over_with_a_second_reading_that_says_the_same(late: int, whmcs: SandboxServer, run: Sync) -> None:
    wait_for(days=15)
    assert status() == (1, True)
    whmcs.faults.clear()
    run()
    assert (are_open([late]), status()) == ([False], (0, False))


@pytest.mark.parametrize(
    "decided", [{"locked_at": timezone.now()}, {"hold_until": timezone.localdate() + timedelta(days=9)}]
)
def test_what_an_operator_has_decided_on_is_not_told(late: int, decided: dict[str, Any]) -> None:
    wait_for(days=15, **decided)
    assert status() == (0, False)


def test_who_may_not_see_companies_is_not_told_of_them(late: int) -> None:
    wait_for(days=15)
    page = helper("view_whmcsgateway").get("/admin/").content.decode()
    assert TOLD not in page
