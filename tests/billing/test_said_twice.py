"""WHMCS sends a service twice, and the two rows do not say the same."""

import pytest

from billing.models import AttentionItem, HeldChanges, Kind
from billing.wording.attention import explain
from companies.models import Company
from companies.standings.facts import access_of
from sandbox import SandboxServer, Shop
from sandbox.changes import ServiceChanges
from sandbox.faults import LimitCapped, Repeated
from tests.billing.conftest import Sync
from tests.billing.test_sync import buy, counts, open_kinds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[False, True], ids=["in a list", "asked for alone"])
def read(request: pytest.FixtureRequest, run: Sync) -> Sync:
    """A run that reads all, or only service 1."""
    return lambda: run(**({"service_id": 1} if request.param else {}))


def is_open() -> bool:
    return access_of(Company.objects.select_related("source").get()).is_open


def test_who_was_let_in_stays_in_though_one_of_two_rows_is_suspended(
    whmcs: SandboxServer, shop: Shop, run: Sync, read: Sync
) -> None:
    bought = buy(shop)
    run()
    whmcs.faults.always(Repeated(bought, status="Suspended"))
    assert (read().outcome, is_open(), open_kinds()) == ("partial", True, {Kind.BAD_ROW})
    shop.suspend(bought.id)
    whmcs.faults.clear()
    read()
    assert (is_open(), open_kinds()) == (False, set())


def test_who_was_locked_out_stays_out_though_one_of_two_rows_is_paid(
    whmcs: SandboxServer, shop: Shop, run: Sync, read: Sync
) -> None:
    bought = buy(shop)
    run()
    shop.suspend(bought.id)
    run()
    shop.unsuspend(bought.id)
    whmcs.faults.always(Repeated(bought, status="Suspended"))
    assert (read().outcome, is_open(), open_kinds()) == ("partial", False, {Kind.BAD_ROW})
    whmcs.faults.clear()
    read()
    assert (is_open(), open_kinds()) == (True, set())


def test_a_purchase_becomes_a_company_as_soon_as_both_rows_agree(whmcs: SandboxServer, shop: Shop, read: Sync) -> None:
    bought = buy(shop)
    whmcs.faults.always(Repeated(bought, status="Suspended"))
    assert counts(read()) == {"seen": 1, "failed": 1}
    assert AttentionItem.objects.get().params["reason"] == "conflicting_duplicate"
    whmcs.faults.clear()
    whmcs.faults.always(Repeated(bought))
    assert counts(read()) == {"seen": 1, "created": 1}
    assert not open_kinds()


def test_a_row_that_can_not_be_read_beside_one_that_can_is_no_better(
    whmcs: SandboxServer, shop: Shop, run: Sync, read: Sync
) -> None:
    bought = buy(shop)
    run()
    whmcs.faults.always(Repeated(bought, status="Act\0ive"))
    shop.suspend(bought.id)
    assert counts(read()) == {"seen": 1, "failed": 1}
    assert is_open()


@pytest.mark.parametrize(
    ("again", "reason"),
    [({"status": "Active"}, "conflicting_duplicate"), ({"status": "Act\0ive"}, "unstorable_text")],
)
def test_a_second_reading_that_is_no_better_says_why_it_confirms_nothing(
    whmcs: SandboxServer, shop: Shop, run: Sync, again: ServiceChanges, reason: str
) -> None:
    bought = buy(shop)
    run()
    shop.suspend(bought.id)
    whmcs.faults.when(lambda call: "serviceid" in call.params, Repeated(bought, **again))
    run()
    assert is_open()
    item = AttentionItem.objects.get(closed_at=None)
    assert (item.kind, item.params["reason"]) == (Kind.LOSS_UNCONFIRMED, reason)
    assert "not in it" not in explain(item)


def test_on_two_pages_the_first_row_stands_and_the_question_counts_each_service_once(
    whmcs: SandboxServer, shop: Shop, run: Sync
) -> None:
    bought = [buy(shop, f"Name{number}") for number in range(60)]
    whmcs.faults.always(LimitCapped(10))
    whmcs.faults.always(Repeated(bought[0], status="Suspended"), "GetClientsProducts", first=3)
    run()
    figures = HeldChanges.objects.get().figures
    assert (figures["new"], figures["seen"]) == (60, 60)
