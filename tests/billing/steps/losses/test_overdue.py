"""Due dates that pass while WHMCS says nothing new: the reading itself is the evidence that closes a company."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import AttentionItem, Kind, Subscription, WhmcsGateway
from billing.previews import preview_gateway
from companies.access import Reason
from companies.models import Company, Event
from companies.standings.facts import access_of
from sandbox import OTHER_PID, SandboxServer, Shop
from sandbox.faults import api_error
from tests.billing.conftest import Approve, Sync
from tests.billing.shopping import (
    are_open,
    asks_for,
    break_list_after,
    buy,
    company_of,
    counts,
    open_kinds,
    overdue,
    waiting,
)

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("Alice", "Bob", "Charlie", "Dora", "Eve")


@pytest.fixture
def pass_dates(shop: Shop, run: Sync) -> Callable[[int], list[int]]:
    """Has the dates of some of five customers pass, as far as anybody could know, in an outage."""
    ids = [buy(shop, name).id for name in NAMES]
    run()

    def pass_first(number: int) -> list[int]:
        for service_id in ids[:number]:
            overdue(shop, service_id)
        return ids[:number]

    return pass_first


def test_a_due_date_that_passes_closes_after_a_second_reading_and_is_in_the_story(
    pass_dates: Callable[[int], list[int]], whmcs: SandboxServer, run: Sync
) -> None:
    late = pass_dates(1)
    asked = len(whmcs.requests)
    assert counts(run()) == {"seen": 5, "changed": 1, "unchanged": 4}
    assert str(late[0]) in {request.params.get("serviceid") for request in whmcs.requests[asked:]}
    assert access_of(company_of(late[0])).reason is Reason.OVERDUE
    assert Event.objects.filter(code="closed_overdue").count() == 1
    assert counts(run()) == {"seen": 5, "unchanged": 5}


@pytest.mark.parametrize("is_single", [False, True])
def test_a_reading_that_closes_nobody_by_a_date_still_remembers_what_whmcs_says(
    pass_dates: Callable[[int], list[int]], shop: Shop, whmcs: SandboxServer, run: Sync, is_single: bool
) -> None:
    (late,) = pass_dates(1)
    shop.edit_service(late, status="Pending")
    break_list_after(3, whmcs)
    told = run(service_id=late) if is_single else run()
    assert "changed" not in counts(told)
    assert Subscription.objects.get(service_id=late).status == "Pending"
    assert are_open([late]) == [True]
    whmcs.faults.clear()
    assert run().changed == 1
    assert access_of(company_of(late)).reason is Reason.OVERDUE


def test_a_company_that_can_be_read_again_is_closed_by_its_date_only_after_a_reading_of_all(
    pass_dates: Callable[[int], list[int]], shop: Shop, whmcs: SandboxServer, run: Sync
) -> None:
    (late,) = pass_dates(1)
    WhmcsGateway.objects.update(confirmed_at=timezone.now())
    Company.objects.filter(subscriptions__service_id=late).update(unreadable_since=timezone.now() - timedelta(days=90))
    shop.edit_service(late, status="Pending")
    break_list_after(3, whmcs)
    run()
    assert are_open([late]) == [True]


def test_a_due_date_closes_nobody_whom_the_second_reading_does_not_show(
    pass_dates: Callable[[int], list[int]], whmcs: SandboxServer, run: Sync
) -> None:
    late = pass_dates(1)
    whmcs.faults.when(asks_for(late[0]), api_error("Out of order"))
    assert run().outcome == "held"
    assert access_of(company_of(late[0])).reason is Reason.CLOSING_WAITS
    whmcs.faults.clear()
    assert run().outcome == "complete"
    assert access_of(company_of(late[0])).reason is Reason.OVERDUE


def test_dates_that_pass_leave_what_else_needs_attention_about_the_service_on_the_list(
    pass_dates: Callable[[int], list[int]], shop: Shop, run: Sync
) -> None:
    late = pass_dates(1)
    shop.change_plan(late[0], "team")
    Subscription.objects.filter(service_id=late[0]).update(plan_value="team", is_settled=False)
    run()
    assert open_kinds() == {Kind.PLAN_UNKNOWN}
    run()
    assert AttentionItem.objects.count() == 1


def test_what_else_needs_attention_stays_on_the_list_while_no_reading_is_complete(
    pass_dates: Callable[[int], list[int]], shop: Shop, whmcs: SandboxServer, run: Sync
) -> None:
    (late,) = pass_dates(1)
    shop.change_plan(late, "team")
    break_list_after(3, whmcs)
    for _ in range(3):
        run()
        assert open_kinds() == {Kind.PLAN_UNKNOWN, Kind.GATEWAY_ERROR}
    assert AttentionItem.objects.filter(kind=Kind.PLAN_UNKNOWN).count() == 1


@pytest.mark.parametrize("is_settled", [False, True])
def test_a_due_date_that_passed_leaves_nothing_to_write_for_the_next_run(
    pass_dates: Callable[[int], list[int]], run: Sync, is_settled: bool
) -> None:
    late = pass_dates(1)
    Subscription.objects.filter(service_id=late[0]).update(is_settled=is_settled)
    run()
    rows = list(Subscription.objects.values_list())
    run()
    assert list(Subscription.objects.values_list()) == rows


def test_dates_that_pass_ask_for_no_plan_of_a_service_that_is_gone(
    pass_dates: Callable[[int], list[int]], shop: Shop, run: Sync
) -> None:
    gone = Subscription.objects.earliest("service_id").service_id
    due = timezone.localdate() - timedelta(days=10)
    shop.edit_service(gone, pid=OTHER_PID)
    run()
    shop.delete_service(gone)
    run()
    assert Kind.PLAN_UNKNOWN not in open_kinds()
    Subscription.objects.filter(service_id=gone).update(due_date=due)
    Company.objects.filter(subscriptions__service_id=gone).update(due_date=due)
    WhmcsGateway.objects.update(confirmed_at=timezone.now() - timedelta(days=10))
    for _ in range(2):
        run()
        assert access_of(company_of(gone)).reason is Reason.OVERDUE
        assert open_kinds() == {Kind.PRODUCT_CHANGED, Kind.VANISHED}


def test_due_dates_that_pass_are_weighed_together_with_suspensions(
    pass_dates: Callable[[int], list[int]], shop: Shop, run: Sync, approve: Approve
) -> None:
    late = pass_dates(3)
    others = [pk for pk in Subscription.objects.values_list("service_id", flat=True) if pk not in late]
    for service_id in others:
        shop.suspend(service_id)
    assert run().outcome == "held"
    assert all(are_open(late + others))
    assert waiting().figures["becoming"] == {"overdue": 3, "suspended": 2}
    approve()
    assert run().outcome == "complete"
    assert not any(are_open(late + others))


def test_dates_that_pass_close_a_company_whose_service_is_gone_and_count_it_once(
    pass_dates: Callable[[int], list[int]], shop: Shop, run: Sync
) -> None:
    late = pass_dates(1)
    shop.delete_service(late[0])
    assert counts(run()) == {"seen": 5, "changed": 1, "unchanged": 4}
    assert access_of(company_of(late[0])).reason is Reason.OVERDUE


def test_due_dates_that_have_passed_are_in_the_preview(pass_dates: Callable[[int], list[int]]) -> None:
    late = pass_dates(1)
    preview = preview_gateway(WhmcsGateway.objects.get())
    assert [(line.what, line.service_id) for line in preview.lines] == [("closed_overdue", late[0])]
    assert (preview.counts["changed"], preview.counts["unchanged"], preview.would_hold) == (1, 4, False)


def test_due_dates_that_wait_for_approval_hold_up_no_other_company(
    pass_dates: Callable[[int], list[int]], shop: Shop, run: Sync
) -> None:
    WhmcsGateway.objects.update(mass_change_count=1)
    late = pass_dates(2)
    assert run().outcome == "held"
    gateway = WhmcsGateway.objects.get()
    assert gateway.confirmed_at is not None
    assert gateway.confirmed_at > timezone.now() - timedelta(minutes=1)
    assert {access_of(company_of(service_id)).reason for service_id in late} == {Reason.CLOSING_WAITS}


def test_dates_that_pass_wait_for_a_yes_for_as_long_as_it_takes(
    pass_dates: Callable[[int], list[int]], run: Sync
) -> None:
    WhmcsGateway.objects.update(mass_change_count=1)
    late = pass_dates(2)
    run()
    WhmcsGateway.objects.update(unconfirmed_days=1)
    assert all(are_open(late))


def test_dates_that_pass_open_again_where_the_customer_paid_while_it_waited(
    pass_dates: Callable[[int], list[int]], shop: Shop, run: Sync, approve: Approve
) -> None:
    WhmcsGateway.objects.update(mass_change_count=1)
    late = pass_dates(2)
    run()
    for service_id in late:
        shop.renew(service_id)
        shop.move_due_date(service_id, timezone.localdate() + timedelta(days=20))
    assert run().outcome == "complete"
    assert {access_of(company_of(service_id)).reason for service_id in late} == {Reason.PAID}
    assert not Company.objects.filter(closing_held_since__isnull=False).exists()


def test_a_date_closes_nobody_while_the_record_of_another_service_of_theirs_is_broken(
    shop: Shop, whmcs: SandboxServer, run: Sync
) -> None:
    """And no reading says that it did. One whose plan is unknown is decided on by each."""
    older = buy(shop)
    run()
    shop.terminate(older.id)
    run()
    newer = buy(shop, client_id=older.client_id)
    run()
    shop.change_plan(newer.id, "Téam")
    whmcs.faults.override_row(older.id, {"status": None})
    run()
    overdue(shop, newer.id)
    Company.objects.update(unreadable_since=timezone.now() - timedelta(days=10))
    for _ in range(2):
        assert counts(run()) == {"seen": 2, "held": 1, "failed": 1}
        assert (are_open([newer.id]), Event.objects.filter(code="closed_overdue").count()) == ([True], 0)
    whmcs.faults.clear()
    run()  # which finds that it can be read again
    run()
    assert (are_open([newer.id]), Event.objects.filter(code="closed_overdue").count()) == ([False], 1)
