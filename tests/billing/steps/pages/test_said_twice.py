"""WHMCS sends a service twice, and the two rows do not say the same."""

from typing import Unpack

import pytest

from billing.models import AttentionItem, HeldChanges, Kind, WhmcsGateway
from billing.previews import preview_gateway
from billing.steps.run import batching
from billing.wording.attention import explain
from companies.models import Company
from companies.standings.facts import access_of
from sandbox import OTHER_PID, SandboxServer, Service, Shop
from sandbox.changes import ServiceChanges
from sandbox.faults import LimitCapped, Ordered, Repeated
from tests.billing.conftest import Sync
from tests.billing.shopping import buy, counts, open_kinds

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


@pytest.fixture
def three(whmcs: SandboxServer, shop: Shop, run: Sync, monkeypatch: pytest.MonkeyPatch) -> list[Service]:
    """Services of companies, on pages of two, which are decided on together however slow this machine is."""
    monkeypatch.setattr(batching, "SECONDS_AT_MOST", 60.0)
    bought = [buy(shop, f"Name{number}") for number in range(3)]
    run()
    whmcs.faults.always(LimitCapped(2))
    return bought


def repeat_later(whmcs: SandboxServer, service: Service, **changes: Unpack[ServiceChanges]) -> None:
    """From the second page of the next reading on."""
    whmcs.faults.always(Repeated(service, **changes), "GetClientsProducts", first=2)


def test_an_unchanged_service_on_two_pages_counts_once(whmcs: SandboxServer, run: Sync, three: list[Service]) -> None:
    repeat_later(whmcs, three[0], status="Suspended")
    preview = preview_gateway(WhmcsGateway.objects.get())
    whmcs.faults.clear()
    whmcs.faults.always(LimitCapped(2))
    repeat_later(whmcs, three[0], status="Suspended")
    last = run()
    assert (last.outcome, counts(last)) == ("partial", {"seen": 3, "unchanged": 2, "failed": 1})
    assert (preview.counts["unchanged"], preview.counts["failed"]) == (2, 1)


@pytest.mark.parametrize(("first", "second"), [("Active", "Suspended"), ("Suspended", "Active")])
def test_of_two_differing_rows_on_two_pages_neither_is_believed(
    whmcs: SandboxServer, shop: Shop, run: Sync, three: list[Service], first: str, second: str
) -> None:
    """What would take access away is not even asked about: WHMCS has said otherwise already."""
    shop.edit_service(three[0].id, status=second)
    run()
    before = access_of(Company.objects.select_related("source").earliest("pk"))
    shop.edit_service(three[0].id, status=first)
    repeat_later(whmcs, three[0], status=second)
    asked_before = len(whmcs.requests)
    assert counts(run()) == {"seen": 3, "unchanged": 2, "failed": 1}
    company = Company.objects.select_related("source").earliest("pk")
    assert (access_of(company).state, company.unreadable_since is None) == (before.state, False)
    assert not any("serviceid" in call.params for call in whmcs.requests[asked_before:])
    whmcs.faults.clear()
    run()
    assert access_of(Company.objects.select_related("source").earliest("pk")).is_open == (first == "Active")
    assert not open_kinds()


def test_a_purchase_on_two_pages_waits_until_both_rows_agree(
    whmcs: SandboxServer, shop: Shop, run: Sync, three: list[Service]
) -> None:
    bought = buy(shop, "Name4")
    whmcs.faults.always(Ordered("descending"))
    repeat_later(whmcs, bought, status="Suspended")
    last = run()
    assert (last.seen, last.created, last.failed) == (4, 0, 1)
    whmcs.faults.clear()
    assert counts(run()) == {"seen": 4, "created": 1, "unchanged": 3}


def test_one_that_was_acted_upon_before_its_other_row_came_counts_once_and_is_told_as_both(
    whmcs: SandboxServer, shop: Shop, run: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "SECONDS_AT_MOST", 0.0)
    bought = [buy(shop, f"Name{number}") for number in range(3)]
    whmcs.faults.always(LimitCapped(2))
    repeat_later(whmcs, bought[0], status="Suspended")
    assert counts(run()) == {"seen": 3, "created": 3, "failed": 1}


@pytest.mark.parametrize("first", [1, 2], ids=["on one page", "on two pages"])
def test_a_service_that_is_listed_under_two_products_is_named(
    whmcs: SandboxServer, shop: Shop, run: Sync, first: int
) -> None:
    bought = [buy(shop, f"Name{number}") for number in range(3)]
    run()
    whmcs.faults.always(LimitCapped(2))
    whmcs.faults.always(Repeated(bought[0], pid=OTHER_PID), "GetClientsProducts", first=first)
    last = run()
    assert (last.outcome, last.error_code, last.seen, last.failed) == ("partial", "filter_ignored", 3, 1)
    item = AttentionItem.objects.get(kind=Kind.BAD_ROW)
    assert (item.subject, item.params["reason"]) == (str(bought[0].id), "conflicting_duplicate")
    assert access_of(Company.objects.select_related("source").earliest("pk")).is_open
