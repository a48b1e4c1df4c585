"""Due dates are days of WHMCS's calendar and today is a day of ours: what happens where the two clocks differ."""

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.models import AttentionItem, Kind, WhmcsGateway
from billing.wording.attention import explain
from companies.models import Company
from companies.standings.facts import access_of
from sandbox import OTHER_PID, SandboxServer, Service, Shop, faults
from tests.billing.conftest import Sync
from tests.billing.shopping import buy, open_kinds

pytestmark = pytest.mark.django_db(transaction=True)

HOURS = 1 / 24
MINUTES = HOURS / 60


def difference() -> int | None:
    return WhmcsGateway.objects.get().clock_difference


def is_open(service: Service) -> bool:
    return access_of(Company.objects.get(subscriptions__service_id=service.id)).is_open


def test_clocks_that_agree_are_remembered_once(whmcs: SandboxServer, run: Sync) -> None:
    run()
    assert difference() == 0
    whmcs.faults.always(faults.clock_off(days=MINUTES / 2))
    assert run().outcome == "complete"
    assert difference() == 0


@pytest.mark.parametrize("minutes", [11, -11])
def test_a_difference_of_a_few_minutes_is_listed_until_it_is_gone(
    whmcs: SandboxServer, run: Sync, minutes: int
) -> None:
    whmcs.faults.always(faults.clock_off(days=minutes * MINUTES))
    assert run().outcome == run().outcome == "complete"
    assert difference() == pytest.approx(minutes * 60, abs=5)
    assert "0:1" in explain(AttentionItem.objects.get(kind=Kind.CLOCK_DIFFERS))
    assert WhmcsGateway.objects.get().confirmed_at is not None

    whmcs.faults.clear()
    run()
    assert (open_kinds(), difference()) == (set(), 0)


@pytest.mark.parametrize("hours", [13, -13, 24, -24])
def test_clocks_half_a_day_apart_let_no_date_lock_anybody_and_a_status_still_counts(
    whmcs: SandboxServer, shop: Shop, run: Sync, hours: int
) -> None:
    services = [buy(shop, name) for name in ("Ana", "Ben", "Cem", "Dan")]
    overdue, suspended, paying = services[0], services[1], services[2]
    run()
    confirmed_at = WhmcsGateway.objects.get().confirmed_at
    shop.move_due_date(overdue.id, shop.today - timedelta(days=40))
    shop.suspend(suspended.id)
    new = buy(shop, "Eva")
    shop.renew(paying.id)
    whmcs.faults.always(faults.clock_off(days=hours * HOURS))

    finished = run()
    assert (finished.outcome, finished.error_code) == ("partial", "clock_differs")
    assert open_kinds() == {Kind.CLOCK_DIFFERS}
    assert [is_open(service) for service in (overdue, suspended, paying, new)] == [True, False, True, True]
    assert WhmcsGateway.objects.get().confirmed_at == confirmed_at
    assert run().outcome == "partial"
    assert AttentionItem.objects.count() == 1

    whmcs.faults.clear()
    assert run().outcome == "complete"
    assert [is_open(service) for service in (overdue, suspended, paying, new)] == [False, False, True, True]
    assert open_kinds() == set()


def test_a_service_that_moved_to_another_product_is_closed_by_no_date_either(
    whmcs: SandboxServer, shop: Shop, run: Sync
) -> None:
    moved, *_ = (buy(shop, name) for name in ("Ana", "Ben", "Cem"))
    run()
    shop.edit_service(moved.id, pid=OTHER_PID)
    run()
    shop.move_due_date(moved.id, shop.today - timedelta(days=40))
    whmcs.faults.always(faults.clock_off(days=1))
    finished = run()
    assert (finished.held, is_open(moved)) == (1, True)
    whmcs.faults.clear()
    run()
    assert not is_open(moved)


def test_what_else_needs_attention_about_a_date_that_locks_nobody_stays_on_the_list(
    whmcs: SandboxServer, shop: Shop, run: Sync
) -> None:
    bought = buy(shop)
    run()
    shop.change_plan(bought.id, "team")
    run()
    shop.move_due_date(bought.id, shop.today - timedelta(days=40))
    whmcs.faults.always(faults.clock_off(days=1))
    for _ in range(2):
        run()
        assert open_kinds() == {Kind.CLOCK_DIFFERS, Kind.PLAN_UNKNOWN}
    assert AttentionItem.objects.filter(kind=Kind.PLAN_UNKNOWN).count() == 1


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_a_whmcs_that_tells_no_time_is_believed(whmcs: SandboxServer, run: Sync, date: str) -> None:
    run()
    whmcs.faults.always(faults.Spoilt(lambda reply: replace(reply, headers=(*reply.headers, ("Date", date)))))
    assert run().outcome == "complete"
    assert (open_kinds(), difference()) == (set(), None)


def test_reading_one_service_holds_no_date_against_it_either(whmcs: SandboxServer, shop: Shop, run: Sync) -> None:
    overdue, suspended = buy(shop, "Ana"), buy(shop, "Ben")
    run()
    shop.move_due_date(overdue.id, shop.today - timedelta(days=40))
    shop.suspend(suspended.id)
    whmcs.faults.always(faults.clock_off(days=2))
    for service in (overdue, suspended):
        assert run(service_id=service.id).outcome == "partial"
    assert [is_open(service) for service in (overdue, suspended)] == [True, False]
