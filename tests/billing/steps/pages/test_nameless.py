"""Records of which the list shows no service id: that of a service which is known is found by asking for its id."""

import pytest

from billing.models import AttentionItem, Kind, WhmcsGateway
from billing.previews import preview_gateway
from companies.models import Company
from companies.standings.facts import access_of
from sandbox import SandboxServer, Shop
from tests.billing.conftest import Sync
from tests.billing.shopping import buy, open_kinds, overdue

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("Alice", "Bob", "Charlie", "Dora", "Eve")


def listed() -> list[str]:
    return sorted(AttentionItem.objects.open().filter(kind=Kind.BAD_ROW).values_list("subject", flat=True))


def test_one_record_that_cannot_be_encoded_keeps_no_reading_from_being_complete(
    whmcs: SandboxServer, shop: Shop, gateway: WhmcsGateway, run: Sync
) -> None:
    """Else no due date would close anybody for two weeks: some shops have such records for years."""
    broken, late, *_ = (buy(shop, name) for name in NAMES)
    run()
    whmcs.faults.poison(broken.id)
    overdue(shop, late.id)
    finished = run()
    assert (finished.outcome, finished.error_code, finished.failed, finished.seen) == ("partial", "", 1, 5)
    confirmed_at = WhmcsGateway.objects.get().confirmed_at
    assert confirmed_at is not None
    assert confirmed_at >= finished.started_at
    is_open = {one.name: access_of(one).is_open for one in Company.objects.select_related("source")}
    assert [name for name, value in is_open.items() if not value] == ["Bob Smith"]


def test_a_nameless_record_of_a_known_service_is_listed_once_by_its_id_until_it_is_mended(
    whmcs: SandboxServer, shop: Shop, run: Sync
) -> None:
    broken, *_ = (buy(shop, name) for name in NAMES)
    run()
    whmcs.faults.poison(broken.id)
    run()
    assert (listed(), run().failed, listed()) == ([str(broken.id)], 1, [str(broken.id)])
    whmcs.faults.clear()
    run()
    assert open_kinds() == set()


def test_a_nameless_record_of_an_unknown_service_is_listed_by_its_position(
    whmcs: SandboxServer, shop: Shop, run: Sync
) -> None:
    broken, *_ = (buy(shop, name) for name in NAMES)
    run()
    new = buy(shop, "Frank")
    whmcs.faults.poison(broken.id, new.id)
    assert (run().failed, listed()) == (3, [str(broken.id), "position 0", "position 5"])


def test_many_nameless_records_are_not_taken_for_missing_services(whmcs: SandboxServer, shop: Shop, run: Sync) -> None:
    broken = [buy(shop, name).id for name in NAMES][:2]
    run()
    WhmcsGateway.objects.update(mass_change_count=1, mass_change_percent=10)
    whmcs.faults.poison(*broken)
    assert (run().error_code, open_kinds()) == ("", {Kind.BAD_ROW})


def test_a_preview_shows_a_known_service_once_as_a_run_lists_it(whmcs: SandboxServer, shop: Shop, run: Sync) -> None:
    broken, *_ = (buy(shop, name) for name in NAMES)
    run()
    whmcs.faults.poison(broken.id)
    assert [line.service_id for line in preview_gateway(WhmcsGateway.objects.get()).lines] == [broken.id]


def test_a_preview_shows_an_unknown_service_by_its_position(whmcs: SandboxServer, shop: Shop, run: Sync) -> None:
    broken, *_ = (buy(shop, name) for name in NAMES)
    run()
    whmcs.faults.poison(broken.id, buy(shop, "Frank").id)
    preview = preview_gateway(WhmcsGateway.objects.get())
    assert [line.service_id for line in preview.lines] == [broken.id, None, None]
    assert preview.counts["failed"] == run().failed


def test_a_service_that_is_asked_for_alone_is_named(whmcs: SandboxServer, shop: Shop, run: Sync) -> None:
    broken = buy(shop)
    run()
    whmcs.faults.poison(broken.id)
    assert (run(service_id=broken.id).outcome, listed()) == ("partial", [str(broken.id)])
