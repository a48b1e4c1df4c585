"""A service that an upgrade moved to another product stands in no list: it is asked for by its number."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from billing.models import Subscription, SyncRun, WhmcsGateway
from billing.previews import preview_gateway
from sandbox import OTHER_PID, SandboxServer, Shop
from sandbox.faults import LimitCapped, api_error
from tests.billing.conftest import Sync
from tests.billing.shopping import buy, company_of, counts, overdue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def moved(shop: Shop, run: Sync) -> int:
    """A company's service that is on another product by now, as is known here."""
    for name in ("Alice", "Bob", "Charlie"):
        service = buy(shop, name)
    run()
    shop.edit_service(service.id, pid=OTHER_PID)
    run()
    return service.id


@pytest.fixture
def _list_is_never_complete(moved: int, whmcs: SandboxServer) -> None:
    whmcs.faults.always(LimitCapped(1))
    whmcs.faults.when(lambda call: int(call.params.get("limitstart", 0)) >= 1, api_error("Out of order"))


def next_year() -> date:
    return timezone.localdate() + timedelta(days=365)


@pytest.mark.usefixtures("_list_is_never_complete")
def test_a_moved_service_is_followed_also_where_the_list_is_incomplete(shop: Shop, run: Sync, moved: int) -> None:
    """One record may stand in the way of all complete lists for weeks, and whoever has paid would be out at last."""
    overdue(shop, moved)
    shop.move_due_date(moved, next_year())
    preview = preview_gateway(WhmcsGateway.objects.get())
    assert [(line.kind, line.service_id) for line in preview.lines] == [("change", moved)]
    followed = run()
    assert (followed.outcome, followed.changed) == (SyncRun.Outcome.PARTIAL, 1)
    assert company_of(moved).due_date == next_year()
    assert "changed" not in counts(run())


@pytest.mark.usefixtures("_list_is_never_complete")
def test_a_moved_service_that_is_gone_proves_nothing_where_the_list_is_incomplete(
    shop: Shop, run: Sync, moved: int
) -> None:
    shop.delete_service(moved)
    run()
    assert Subscription.objects.get(service_id=moved).vanished_at is None


@pytest.mark.usefixtures("_list_is_never_complete")
def test_without_an_answer_about_a_moved_service_all_else_is_done(
    whmcs: SandboxServer, shop: Shop, run: Sync, moved: int
) -> None:
    whmcs.faults.when(lambda call: "serviceid" in call.params, api_error("Out of order"))
    first = Subscription.objects.order_by("service_id").first()
    assert first
    shop.move_due_date(first.service_id, next_year())
    assert (run().outcome, company_of(first.service_id).due_date) == (SyncRun.Outcome.PARTIAL, next_year())


@pytest.mark.parametrize("is_suspended", [False, True])
def test_a_vanished_service_that_the_list_holds_again_is_asked_for_and_counted_once(
    shop: Shop, run: Sync, is_suspended: bool
) -> None:
    """A suspension is carried out at the end only, and a preview writes nothing: both would ask for it once more."""
    back, *_ = [buy(shop, name) for name in ("Alice", "Bob", "Charlie", "Dora")]
    run()
    shop.delete_service(back.id)
    run()
    with shop.change():
        shop.services[back.id] = back
    shop.move_due_date(back.id, next_year())
    if is_suspended:
        shop.suspend(back.id)
    preview = preview_gateway(WhmcsGateway.objects.get())
    assert [line.service_id for line in preview.lines] == [back.id]
    assert (preview.counts["changed"], preview.counts["unchanged"]) == (1, 3)
    assert counts(run()) == {"seen": 4, "changed": 1, "unchanged": 3}
