"""A loss of a company with two services: the other one may have been paid since it was read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import AttentionItem, Kind, RunRecord, Subscription
from companies.models import Company
from sandbox import SandboxServer, Shop
from sandbox.faults import Meanwhile, server_error
from tests.billing.conftest import Sync
from tests.billing.shopping import asks_for, buy_two_of_one_company, counts, open_kinds, overdue, standing

pytestmark = pytest.mark.django_db(transaction=True)
LISTING = "GetClientsProducts"
CANT_BE_READ = {"nextduedate": "31/02/2026"}
NOBODY_KNOWS = {"status": "active "}


@pytest.fixture
def services(shop: Shop, run: Sync) -> tuple[int, int]:
    """The older is suspended, the newer speaks for the company."""
    bought = buy_two_of_one_company(shop, run)
    shop.suspend(bought[0])
    run()
    assert standing() == ("Business", True)
    return bought


def test_a_company_is_closed_when_both_of_its_services_are_suspended(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    shop.suspend(services[1])
    asked = len(whmcs.requests)
    assert counts(run()) == {"seen": 2, "changed": 1, "unchanged": 1}
    assert [call.params.get("serviceid") for call in whmcs.requests[asked:]][-2:] == [
        str(services[1]),
        str(services[0]),
    ]
    assert not standing()[1]
    assert counts(run()) == {"seen": 2, "unchanged": 2}


def test_a_company_stays_open_when_its_other_service_was_paid_during_the_run(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    shop.suspend(services[1])
    whmcs.faults.times(1, Meanwhile(lambda: shop.unsuspend(services[0])), LISTING, first=2)
    assert counts(run()) == {"seen": 2, "changed": 1, "unchanged": 1}
    assert standing() == ("Team", True)
    assert (open_kinds(), counts(run())) == (set(), {"seen": 2, "unchanged": 2})


def test_the_other_paid_and_not_read_yet_keeps_it_open_when_the_hook_tells_of_one(
    shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    shop.suspend(services[1])
    shop.unsuspend(services[0])
    run(service_id=services[1])
    assert standing() == ("Team", True)
    assert dict(Subscription.objects.values_list("service_id", "status")) == {
        services[0]: "Active",
        services[1]: "Suspended",
    }


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("row", [CANT_BE_READ, NOBODY_KNOWS])
def test_a_company_stays_open_while_nobody_can_say_whether_its_other_service_is_paid(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int], row: dict[str, object], alone: bool
) -> None:
    whmcs.faults.override_row(services[0], row)
    shop.unsuspend(services[0])
    shop.suspend(services[1])
    for _ in range(2):
        run(**({"service_id": services[1]} if alone else {}))
        assert standing() == ("Business", True)
    whmcs.faults.clear()
    run()
    assert (standing(), open_kinds()) == (("Team", True), set())


def test_the_record_says_which_other_service_has_an_unknown_status(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    whmcs.faults.override_row(services[0], NOBODY_KNOWS)
    shop.suspend(services[1])
    run()
    item = AttentionItem.objects.get(kind=Kind.LOSS_UNCONFIRMED)
    assert (item.subject, item.params) == (
        str(services[1]), {"reason": "other_unknown", "service": str(services[0])},
    )  # fmt: skip
    assert f"service {services[0]} of the same company" in RunRecord.objects.get(code=item.kind).reason


def test_a_company_stays_open_where_whmcs_does_not_answer_about_its_other_service(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    shop.suspend(services[1])
    whmcs.faults.when(asks_for(services[0]), server_error())
    run()
    assert standing() == ("Business", True)
    assert open_kinds() == {Kind.LOSS_UNCONFIRMED}


def test_a_date_closes_nobody_while_the_other_has_a_status_that_nobody_knows(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    shop.unsuspend(services[0])
    run()
    for service in services:
        overdue(shop, service)
    shop.renew(services[0], months=2)
    whmcs.faults.override_row(services[0], NOBODY_KNOWS)
    for _ in range(2):
        run()
        assert standing()[1]
    whmcs.faults.clear()
    run()
    assert standing() == ("Team", True)


def test_what_can_not_be_read_of_the_other_keeps_it_open_for_a_while_only(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    """Until the date of the newer, and the days that a date may stay unconfirmed."""
    whmcs.faults.override_row(services[0], CANT_BE_READ)
    shop.suspend(services[1])
    run()
    long_ago = timezone.now() - timedelta(days=60)
    Company.objects.update(unreadable_since=long_ago, due_date=long_ago.date())
    run()
    assert not standing()[1]
