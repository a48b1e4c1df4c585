"""Bad news: what takes access away is read twice, waits for a yes where it is much, and absence takes nothing."""

import pytest

from billing.models import Kind, Subscription, WhmcsGateway
from companies.access import State
from companies.models import Company
from companies.standings.facts import access_of
from sandbox import SandboxServer, Shop
from sandbox.faults import Hidden, OverrideRow
from tests.billing.conftest import Approve, Sync
from tests.billing.shopping import buy, counts, open_kinds, overdue

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_suspension_is_read_twice_and_then_blocks(whmcs: SandboxServer, run: Sync) -> None:
    service = buy(whmcs.shop)
    run()
    whmcs.shop.suspend(service.id)
    asked = len(whmcs.requests)
    assert counts(run()) == {"seen": 1, "changed": 1}
    assert [request.params.get("serviceid") for request in whmcs.requests[asked:]][-1] == str(service.id)
    assert access_of(Company.objects.get()).state is State.BLOCKED


def test_a_suspended_company_is_back_as_soon_as_it_is_paid(shop: Shop, run: Sync) -> None:
    service = buy(shop)
    run()
    shop.suspend(service.id)
    run()
    shop.unsuspend(service.id)
    run()
    assert access_of(Company.objects.get()).state is State.OPEN


def test_when_all_of_three_companies_would_lose_access_that_waits_and_good_news_goes_on(
    shop: Shop, run: Sync, approve: Approve
) -> None:
    services = [buy(shop, name) for name in ("Alice", "Bob", "Charlie")]
    run()
    for service in services:
        shop.suspend(service.id)
    buy(shop, "Dora")
    held = run()
    assert (held.outcome, counts(held)) == ("held", {"seen": 4, "created": 1, "held": 3})
    assert all(access_of(company).is_open for company in Company.objects.all())
    assert open_kinds() == {Kind.LOSSES_HELD}
    assert approve() == 1
    assert counts(run()) == {"seen": 4, "changed": 3, "unchanged": 1}
    assert open_kinds() == set()


def test_due_dates_that_passed_in_an_outage_close_many_only_after_a_yes(
    shop: Shop, run: Sync, approve: Approve
) -> None:
    services = [buy(shop, name) for name in ("Alice", "Bob", "Charlie")]
    run()
    for service in services:
        overdue(shop, service.id)
    held = run()
    assert (held.outcome, counts(held), open_kinds()) == ("held", {"seen": 3, "held": 3}, {Kind.LOSSES_HELD})
    assert all(access_of(company).is_open for company in Company.objects.all())
    approve()
    assert run().outcome == "complete"
    assert not any(access_of(company).is_open for company in Company.objects.all())


def test_a_deleted_service_vanishes_and_its_company_stays_open(shop: Shop, run: Sync) -> None:
    services = [buy(shop, name) for name in ("Alice", "Bob", "Charlie", "Dora")]
    run()
    shop.delete_service(services[0].id)
    run()
    assert open_kinds() == {Kind.VANISHED}
    assert all(access_of(company).is_open for company in Company.objects.all())
    assert run().outcome == "complete"


def test_a_service_that_returns_as_it_was_is_no_longer_vanished(shop: Shop, run: Sync) -> None:
    services = [buy(shop, name) for name in ("Alice", "Bob", "Charlie", "Dora")]
    run()
    shop.delete_service(services[0].id)
    run()
    assert open_kinds() == {Kind.VANISHED}
    with shop.change():
        shop.services[services[0].id] = services[0]
    assert run().outcome == "complete"
    assert (open_kinds(), Subscription.objects.exclude(vanished_at=None).exists()) == (set(), False)


def test_an_order_that_never_became_a_company_disappears_silently(shop: Shop, run: Sync) -> None:
    service = buy(shop, paid=False)
    run()
    shop.delete_service(service.id)
    assert (run().outcome, open_kinds()) == ("complete", set())
    assert Subscription.objects.exclude(vanished_at=None).exists()


def test_an_empty_list_takes_nothing_from_anybody(shop: Shop, gateway: WhmcsGateway, run: Sync) -> None:
    services = [buy(shop, name) for name in ("Alice", "Bob", "Charlie")]
    run()
    read_at = WhmcsGateway.objects.get().confirmed_at
    for service in services:
        shop.delete_service(service.id)
    assert run().outcome == "held"
    assert not Subscription.objects.exclude(vanished_at=None).exists()
    assert WhmcsGateway.objects.get().confirmed_at == read_at


def test_the_first_good_reading_after_an_empty_list_leaves_nothing_to_do(
    shop: Shop, whmcs: SandboxServer, run: Sync
) -> None:
    for name in ("Alice", "Bob", "Charlie"):
        buy(shop, name)
    run()
    whmcs.faults.always(Hidden())
    assert (run().outcome, open_kinds()) == ("held", {Kind.MANY_ABSENT})
    whmcs.faults.clear()
    assert (run().outcome, open_kinds()) == ("complete", set())


def test_a_service_moved_to_another_product_is_followed(shop: Shop, run: Sync) -> None:
    service = buy(shop)
    run()
    shop.edit_service(service.id, pid=3)
    run()
    assert access_of(Company.objects.get()).is_open
    assert open_kinds() >= {Kind.PRODUCT_CHANGED}


def test_an_odd_answer_about_one_moved_service_keeps_no_other_from_being_followed(
    shop: Shop, whmcs: SandboxServer, run: Sync
) -> None:
    alice, bob = buy(shop, "Alice"), buy(shop, "Bob")
    for name in ("Charlie", "Dora", "Eve"):
        buy(shop, name)
    run()
    for service in (alice, bob):
        shop.edit_service(service.id, pid=3)
    shop.suspend(bob.id)
    whmcs.faults.always(OverrideRow(alice.id, {"id": 999}))
    assert run().outcome == "partial"
    assert dict(Subscription.objects.values_list("service_id", "status"))[bob.id] == "Suspended"
    assert open_kinds() >= {Kind.GATEWAY_ERROR, Kind.PRODUCT_CHANGED}


def test_a_service_that_was_moved_and_suspended_is_blocked_in_the_same_run(shop: Shop, run: Sync) -> None:
    service = buy(shop)
    run()
    shop.edit_service(service.id, pid=3)
    shop.suspend(service.id)
    assert counts(run()) == {"seen": 1, "changed": 1}
    assert access_of(Company.objects.get()).state is State.BLOCKED
