"""A preview shows a loss only where a run would find enough evidence for it."""

from datetime import timedelta

import pytest

from billing.models import Kind, PreviewedChange, WhmcsGateway
from billing.previews.preview import preview_gateway
from billing.steps.run import batching
from sandbox import OTHER_PID, SandboxServer, Shop
from sandbox.faults import LimitCapped, Repeated, clock_off
from tests.billing.conftest import Sync
from tests.billing.previews.conftest import Make
from tests.billing.previews.kept import shown
from tests.billing.shopping import buy, buy_two_of_one_company, overdue, standing

pytestmark = pytest.mark.django_db(transaction=True)
COUNTS = ("changed", "unchanged", "held", "failed")
LOSE = PreviewedChange.Kind.LOSE


@pytest.fixture
def services(shop: Shop, run: Sync) -> tuple[int, int]:
    """Two of one company; the older is suspended, the newer would be next."""
    bought = buy_two_of_one_company(shop, run)
    shop.suspend(bought[0])
    run()
    shop.suspend(bought[1])
    return bought


def test_the_loss_of_a_company_whose_other_service_can_be_read_is_shown(services: tuple[int, int], make: Make) -> None:
    assert shown(make()) == [(LOSE, services[1])]


def test_none_is_shown_while_the_record_of_the_other_service_can_not_be_read(
    whmcs: SandboxServer, run: Sync, services: tuple[int, int], make: Make
) -> None:
    whmcs.faults.override_row(services[0], {"nextduedate": "31/02/2026"})
    preview = make()
    assert shown(preview) == [(PreviewedChange.Kind.FAILED, services[0])]
    finished = run()
    assert standing() == ("Business", True)
    assert {name: preview.figures[name] for name in COUNTS} == {name: getattr(finished, name) for name in COUNTS}


def test_none_by_a_passed_date_is_shown_after_a_reading_that_proves_nothing(
    whmcs: SandboxServer, shop: Shop, run: Sync, make: Make
) -> None:
    service = buy(shop).id
    run()
    overdue(shop, service)
    shop.change_plan(service, "Nobody sells this")
    assert (LOSE, service) in shown(make())
    whmcs.faults.always(clock_off(days=2))
    assert (LOSE, service) not in shown(make())
    run()
    assert standing() == ("Team", True)


def test_a_date_that_moved_back_is_held_while_the_clocks_differ_as_in_a_run(
    whmcs: SandboxServer, shop: Shop, run: Sync, make: Make
) -> None:
    service, *_ = (buy(shop, name).id for name in ("Ana", "Ben", "Cem"))
    run()
    shop.move_due_date(service, shop.today - timedelta(days=40))
    whmcs.faults.always(clock_off(days=1))
    preview = make()
    assert shown(preview) == [(PreviewedChange.Kind.HELD, service)]
    assert preview.changes.get().notes[0]["kind"] == Kind.CLOCK_DIFFERS
    finished = run()
    assert finished.held == 1
    assert {name: preview.figures[name] for name in COUNTS} == {name: getattr(finished, name) for name in COUNTS}


@pytest.mark.parametrize("is_alone", [True, False], ids=["one service", "moved to another product"])
def test_a_date_that_moved_back_is_held_while_the_clocks_differ_wherever_it_is_read(
    whmcs: SandboxServer, shop: Shop, run: Sync, gateway: WhmcsGateway, is_alone: bool
) -> None:
    service, *_ = (buy(shop, name).id for name in ("Ana", "Ben", "Cem"))
    run()
    if not is_alone:
        shop.edit_service(service, pid=OTHER_PID)
        run()
    shop.move_due_date(service, shop.today - timedelta(days=40))
    whmcs.faults.always(clock_off(days=1))
    number = service if is_alone else None
    preview = preview_gateway(gateway, service_id=number)
    finished = run(service_id=number) if number else run()
    assert (preview.counts["held"], preview.counts["changed"]) == (finished.held, finished.changed) == (1, 0)


def test_none_by_a_passed_date_is_shown_of_a_service_that_is_looked_at_alone(
    shop: Shop, run: Sync, gateway: WhmcsGateway
) -> None:
    service = buy(shop).id
    run()
    overdue(shop, service)
    shop.change_plan(service, "Nobody sells this")
    assert preview_gateway(gateway, service_id=service).losing == set()
    run(service_id=service)
    assert standing() == ("Team", True)


def test_none_is_shown_of_a_service_of_which_a_later_page_says_something_else(
    whmcs: SandboxServer, shop: Shop, run: Sync, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, *others = [buy(shop, name) for name in ("Alice", "Bob", "Carol")]
    run()
    shop.suspend(service.id)
    monkeypatch.setattr(batching, "SECONDS_AT_MOST", 0.0)  # the first page is decided on before the second comes
    whmcs.faults.always(LimitCapped(2))
    later = whmcs.faults.always(Repeated(service, status="Active"), "GetClientsProducts", first=2)
    preview = make()
    assert shown(preview) == [(PreviewedChange.Kind.FAILED, service.id)]
    whmcs.faults.remove(later)
    whmcs.faults.always(Repeated(service, status="Active"), "GetClientsProducts", first=2)
    finished = run()
    assert {name: preview.figures[name] for name in COUNTS} == {name: getattr(finished, name) for name in COUNTS}
    assert (finished.unchanged, finished.failed) == (len(others), 1)
