"""A company that two services belong to: bought again when the first had ended, and then the first was paid as well."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import AttentionItem, Kind, Subscription, SyncRun, WhmcsGateway
from billing.previews import preview_gateway
from billing.steps.run import attention
from companies.access import Reason
from companies.events import Code
from companies.models import Company, Event
from companies.standings.facts import access_of
from sandbox import OTHER_PID, SandboxServer, Shop
from sandbox.faults import LimitCapped, Ordered, api_error
from tests.billing.conftest import Sync
from tests.billing.shopping import (
    buy,
    buy_two_of_one_company,
    company_of,
    counts,
    far_ahead,
    open_kinds,
    overdue,
    standing,
)  # fmt: skip

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def services(shop: Shop, run: Sync) -> tuple[int, int]:
    """The older on Team, paid far ahead, and the newer on Business, which speaks for the company."""
    bought = buy_two_of_one_company(shop, run)
    assert counts(run()) == {"seen": 2, "unchanged": 2}
    assert not Subscription.objects.filter(is_settled=False).exists()
    assert standing() == ("Business", True)
    return bought


def test_the_date_of_the_newer_service_closes_nothing_while_the_older_is_paid(
    shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    overdue(shop, services[1])
    assert counts(run()) == {"seen": 2, "changed": 1, "unchanged": 1}
    assert standing() == ("Team", True)
    assert Company.objects.get().due_date == far_ahead()
    assert f"service {services[0]}" in Event.objects.latest("pk").reason
    assert counts(run()) == {"seen": 2, "unchanged": 2}


def test_the_older_service_opens_the_company_also_by_a_reading_that_is_never_complete(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    """Where one record stands in the way of all complete ones, whoever has paid would be out at last."""
    whmcs.faults.always(LimitCapped(1))
    whmcs.faults.when(lambda call: int(call.params.get("limitstart", 0)) >= 1, api_error("Out of order"))
    overdue(shop, services[1])
    preview = preview_gateway(WhmcsGateway.objects.get())
    assert [(line.kind, line.service_id) for line in preview.lines] == [("change", services[0])]
    assert run().outcome == SyncRun.Outcome.PARTIAL
    assert standing() == ("Team", True)
    assert Company.objects.get().due_date == far_ahead()


def test_the_older_service_opens_the_company_also_while_whmcs_cannot_be_read(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    """However long that lasts: what was known before of the older is enough."""
    whmcs.faults.always(api_error("Out of order"))
    overdue(shop, services[1])
    failed = run()
    assert (failed.outcome, counts(failed)) == (SyncRun.Outcome.FAILED, {"seen": 1, "changed": 1})
    assert standing() == ("Team", True)
    assert Company.objects.get().due_date == far_ahead()
    assert counts(run()) == {}


def test_an_incomplete_reading_closes_nobody_by_a_date(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    whmcs.faults.always(LimitCapped(1))
    whmcs.faults.when(lambda call: int(call.params.get("limitstart", 0)) >= 1, api_error("Out of order"))
    for service in services:
        overdue(shop, service)
    assert preview_gateway(WhmcsGateway.objects.get()).lines == []
    run()
    assert standing() == ("Business", True)


@pytest.mark.parametrize("how", ["alone", "not all", "bad"])
def test_a_date_of_the_newer_closes_nothing_while_it_is_not_read_whether_the_older_was_paid(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int], how: str
) -> None:
    """The older speaks for it, and was paid after its date had passed here; of the newer WHMCS says something new."""
    overdue(shop, services[1])
    run()
    overdue(shop, services[0])
    shop.renew(services[0], months=2)
    shop.change_plan(services[1], "Starter")
    if how == "bad":
        whmcs.faults.override_row(services[0], {"nextduedate": "31/02/2026"})
    if how == "not all":
        whmcs.faults.always(Ordered("descending"))
        whmcs.faults.always(LimitCapped(1))
        whmcs.faults.when(lambda call: int(call.params.get("limitstart", 0)) >= 1, api_error("Out of order"))
    for _ in range(2):
        run(**({"service_id": services[1]} if how == "alone" else {}))
        assert standing() == ("Team", True)
    whmcs.faults.clear()
    run()
    assert (standing(), access_of(company_of(services[0])).reason) == (("Team", True), Reason.PAID)


def test_a_company_that_the_newer_service_closed_is_opened_by_the_older(
    shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    overdue(shop, services[1])
    WhmcsGateway.objects.update(confirmed_at=timezone.now())
    assert standing() == ("Business", False)
    run()
    assert standing() == ("Team", True)


@pytest.mark.parametrize("bad", [0, 1])
def test_a_company_with_an_unreadable_service_is_open_while_the_older_is_paid(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int], bad: int
) -> None:
    """What was known before of the older is enough, and it does not make the record of the newer readable."""
    whmcs.faults.override_row(services[bad], {"nextduedate": "31/02/2026"})
    run()
    overdue(shop, services[1])
    long_ago = timezone.now() - timedelta(days=60)
    Company.objects.update(unreadable_since=long_ago, due_date=long_ago.date())
    assert standing() == ("Business", False)
    run()
    told = Event.objects.count()
    run()
    assert standing() == ("Team", True)
    assert (Company.objects.get().unreadable_since, Event.objects.count()) == (long_ago, told)


@pytest.mark.parametrize("bad", [0, 1])
def test_one_of_which_a_record_can_not_be_read_is_not_readable_for_a_change_of_the_other(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int], bad: int
) -> None:
    whmcs.faults.override_row(services[bad], {"nextduedate": "31/02/2026"})
    for _ in range(2):
        shop.renew(services[1 - bad])
        run()
        assert Company.objects.get().unreadable_since is not None
    whmcs.faults.clear()
    run()
    assert Company.objects.get().unreadable_since is None
    assert list(Event.objects.filter(code__contains="readable").order_by("pk").values_list("code", flat=True)) == [
        Code.UNREADABLE,
        Code.READABLE,
    ]


@pytest.mark.parametrize("at_a_time", [1, 25])
def test_one_of_which_no_record_could_be_read_is_readable_again_when_both_can(
    whmcs: SandboxServer, run: Sync, services: tuple[int, int], at_a_time: int
) -> None:
    for service_id in services:
        whmcs.faults.override_row(service_id, {"nextduedate": "31/02/2026"})
    run()
    whmcs.faults.clear()
    whmcs.faults.always(LimitCapped(at_a_time))
    run()
    assert Company.objects.get().unreadable_since is None


def test_one_whose_bad_record_is_too_many_to_be_listed_is_not_readable_for_a_reading_of_the_other(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "MOST_ALIKE", 1)
    for name in ("Bob", "Charlie", "Dora"):
        buy(shop, name)
    other = buy(shop, "Eve").id
    run()
    whmcs.faults.override_row(other, {"nextduedate": "31/02/2026"})
    run()
    whmcs.faults.override_row(services[0], {"nextduedate": "31/02/2026"})
    run()
    assert not AttentionItem.objects.filter(kind=Kind.BAD_ROW, subscription__service_id=services[0]).exists()
    for _ in range(2):
        shop.renew(services[1])
        run(service_id=services[1])
        run()
    assert company_of(services[0]).unreadable_since is not None
    assert Event.objects.filter(code=Code.UNREADABLE).count() == 2
    whmcs.faults.clear()
    run()
    assert company_of(services[0]).unreadable_since is None


def test_a_preview_shows_that_the_older_service_counts_from_now_on(shop: Shop, services: tuple[int, int]) -> None:
    overdue(shop, services[1])
    preview = preview_gateway(WhmcsGateway.objects.get())
    assert [(line.kind, line.service_id) for line in preview.lines] == [("change", services[0])]
    assert (preview.counts["changed"], preview.counts["unchanged"]) == (1, 1)


def test_the_newer_service_counts_again_when_it_is_paid(shop: Shop, run: Sync, services: tuple[int, int]) -> None:
    overdue(shop, services[1])
    run()
    shop.renew(services[1], months=2)
    run()
    assert standing() == ("Business", True)


def test_the_company_closes_when_the_dates_of_both_services_have_passed(
    shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    overdue(shop, services[1])
    run()
    overdue(shop, services[0])
    run()
    assert not standing()[1]


def test_what_needs_attention_about_the_newer_is_listed_for_good_when_its_date_closes_the_company(
    shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    """It has been on another product since the older spoke for the company, so nobody asked for its plan."""
    overdue(shop, services[1])
    run()
    shop.edit_service(services[1], pid=OTHER_PID)
    run()
    run()
    overdue(shop, services[0])
    for _ in range(2):
        run()
        assert not standing()[1]
        assert open_kinds() == {Kind.PLAN_UNKNOWN, Kind.PRODUCT_CHANGED}


def test_a_service_that_is_gone_stays_so_when_it_counts_for_the_company(
    shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    shop.delete_service(services[0])
    run()
    overdue(shop, services[1])
    run()
    assert standing() == ("Team", True)
    assert Subscription.objects.get(service_id=services[0]).vanished_at
    assert open_kinds() == {Kind.VANISHED}
    assert AttentionItem.objects.count() == 1


@pytest.mark.parametrize("is_older_bought_again", [False, True])
def test_a_purchase_opens_the_company_though_whmcs_changes_its_ended_service_in_the_same_breath(
    shop: Shop, run: Sync, is_older_bought_again: bool
) -> None:
    waiting = buy(shop, paid=False)
    ended = buy(shop, client_id=waiting.client_id)
    run()
    shop.terminate(ended.id)
    run()
    bought = waiting if is_older_bought_again else buy(shop, client_id=ended.client_id)
    shop.activate(bought.id)
    shop.move_due_date(ended.id, timezone.localdate() - timedelta(days=90))
    run()
    assert Subscription.objects.get(service_id=bought.id).company == Company.objects.get()
    assert standing() == ("Team", True)
    assert counts(run()) == {"seen": Subscription.objects.count(), "unchanged": Subscription.objects.count()}


def test_a_word_that_nobody_knows_changes_nothing_though_another_service_changes_in_the_same_breath(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: tuple[int, int]
) -> None:
    before = Company.objects.get().due_date
    whmcs.faults.override_row(services[1], {"status": "active "})
    shop.renew(services[0])
    run()
    assert standing() == ("Business", True)
    assert Company.objects.get().due_date == before


def test_an_ended_service_with_a_word_that_nobody_knows_keeps_no_purchase_from_its_company(
    whmcs: SandboxServer, shop: Shop, run: Sync
) -> None:
    ended = buy(shop)
    run()
    shop.terminate(ended.id)
    run()
    whmcs.faults.override_row(ended.id, {"status": "terminated "})
    buy(shop, client_id=ended.client_id)
    run()
    assert (Company.objects.count(), standing()) == (1, ("Team", True))
