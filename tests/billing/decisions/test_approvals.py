"""Changes that wait for a yes or a no: what is asked, what a yes covers, how long it is good, what a no keeps."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from billing.decisions import approvals
from billing.errors import ApprovalOutdated
from billing.models import AttentionItem, HeldChanges, Kind, Subscription
from companies import lifecycle
from companies.access import Reason
from companies.events import Actor
from companies.models import Company, Membership
from companies.standings.facts import access_of
from sandbox import SandboxServer, Shop
from sandbox.faults import api_error
from tests.billing.conftest import Approve, Sync
from tests.billing.shopping import are_open, asks_for, buy, company_of, counts, open_kinds, waiting

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("Alice", "Bob", "Charlie", "Dora")
SOMEBODY = Actor("somebody")


@pytest.fixture
def services(shop: Shop, run: Sync) -> list[int]:
    """Four customers, all of whom WHMCS then suspends; the next run holds it."""
    ids = [buy(shop, name).id for name in NAMES]
    run()
    for service_id in ids:
        shop.suspend(service_id)
    assert run().outcome == "held"
    return ids


def reject(until: date | None = None) -> HeldChanges:
    held = waiting()
    until = until or timezone.localdate() + timedelta(days=5)
    approvals.reject(held, version=held.version, until=until, reason="A mistake", actor=SOMEBODY, at=timezone.now())
    return held


class TestTheQuestion:
    def test_names_the_companies_their_people_and_who_has_been_here_longest(self, services: list[int]) -> None:
        Membership.objects.filter(company=company_of(services[0])).update(last_seen_at=timezone.now())
        figures = waiting().figures
        assert (figures["losing"], figures["open"], figures["people"]) == ("4", "4", 4)
        assert figures["becoming"] == {"suspended": 4}
        assert [company["name"] for company in figures["longest"]] == [f"{name} Smith" for name in NAMES]
        assert set(waiting().companies.values_list("service_id", flat=True)) == set(services)

    def test_counts_who_worked_within_the_last_hour(self, services: list[int], run: Sync) -> None:
        Membership.objects.filter(company=company_of(services[0])).update(last_seen_at=timezone.now())
        run()
        assert waiting().figures["active"] == 1

    def test_is_asked_once_and_stays_the_same_while_nothing_changes(self, services: list[int], run: Sync) -> None:
        before = waiting()
        assert run().outcome == "held"
        assert (waiting().pk, waiting().version) == (before.pk, before.version)
        assert AttentionItem.objects.filter(kind=Kind.LOSSES_HELD).count() == 1

    def test_is_not_answered_by_a_new_payer_who_makes_the_share_smaller(
        self, services: list[int], shop: Shop, run: Sync
    ) -> None:
        for name in ("Eve", "Frank", "Grace"):
            buy(shop, name)
        assert [run().outcome for _ in range(2)] == ["held", "held"]
        assert all(are_open(services))

    def test_is_withdrawn_when_the_cause_is_gone(self, services: list[int], shop: Shop, run: Sync) -> None:
        for service_id in services:
            shop.unsuspend(service_id)
        assert run().outcome == "complete"
        assert not HeldChanges.objects.filter(closed_at=None).exists()
        assert open_kinds() == set()

    def test_is_withdrawn_when_only_a_few_are_left_of_it(self, services: list[int], shop: Shop, run: Sync) -> None:
        for service_id in services[1:]:
            shop.unsuspend(service_id)
        assert run().outcome == "complete"
        assert are_open(services) == [False, True, True, True]

    def test_goes_on_waiting_where_a_later_run_sees_only_a_part(
        self, services: list[int], whmcs: SandboxServer, run: Sync
    ) -> None:
        assert run(service_id=services[0]).outcome == "held"
        assert all(are_open(services))
        assert (waiting().companies.count(), open_kinds()) == (4, {Kind.LOSSES_HELD})


class TestAYes:
    def test_closes_exactly_the_companies_that_were_held_after_reading_each_again(
        self, services: list[int], whmcs: SandboxServer, run: Sync, approve: Approve
    ) -> None:
        assert approve() == 1
        assert all(are_open(services))
        asked = len(whmcs.requests)
        assert counts(run()) == {"seen": 4, "changed": 4}
        assert {str(service_id) for service_id in services} <= {
            request.params.get("serviceid") for request in whmcs.requests[asked:]
        }
        assert not any(are_open(services))
        assert not HeldChanges.objects.filter(closed_at=None).exists()

    def test_is_for_no_other_company(self, shop: Shop, run: Sync, approve: Approve) -> None:
        ids = [buy(shop, f"Customer{n}").id for n in range(30)]
        run()
        for service_id in ids[:15]:
            shop.suspend(service_id)
        run()
        approve()
        for service_id in ids[15:]:
            shop.suspend(service_id)
        assert run().outcome == "held"
        assert (any(are_open(ids[:15])), all(are_open(ids[15:]))) == (False, True)
        assert set(waiting().companies.values_list("service_id", flat=True)) == set(ids[15:])

    def test_does_nothing_to_a_company_that_has_paid_meanwhile(
        self, services: list[int], shop: Shop, run: Sync, approve: Approve
    ) -> None:
        approve()
        shop.unsuspend(services[0])
        assert run().outcome == "complete"
        assert are_open(services) == [True, False, False, False]

    def test_goes_on_for_a_company_whose_second_reading_fails(
        self, services: list[int], whmcs: SandboxServer, run: Sync, approve: Approve
    ) -> None:
        approve()
        whmcs.faults.when(asks_for(services[0]), api_error("Out of order"))
        run()
        assert are_open(services) == [True, False, False, False]
        whmcs.faults.clear()
        run()
        assert not any(are_open(services))

    def test_is_good_for_a_day(self, services: list[int], run: Sync, approve: Approve) -> None:
        approve()
        HeldChanges.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert run().outcome == "held"
        assert all(are_open(services))
        assert waiting().companies.count() == 4

    def test_is_refused_for_something_else_than_was_seen(self, services: list[int], shop: Shop, run: Sync) -> None:
        seen = waiting()
        Subscription.objects.filter(service_id=services[0]).update(status="Suspended")
        Company.objects.filter(subscriptions__service_id=services[0]).update(status="suspended")
        run()
        with pytest.raises(ApprovalOutdated):
            approvals.approve(seen, version=seen.version, actor=SOMEBODY, at=timezone.now())
        assert waiting().verdict == "waiting"

    def test_is_heard_once(self, services: list[int]) -> None:
        held = waiting()
        approvals.approve(held, version=held.version, actor=SOMEBODY, at=timezone.now())
        with pytest.raises(ApprovalOutdated):
            approvals.approve(held, version=held.version, actor=SOMEBODY, at=timezone.now())


class TestANo:
    def test_keeps_the_companies_open_through_every_run(self, services: list[int], run: Sync) -> None:
        reject()
        for _ in range(2):
            assert run().outcome == "held"
        assert {access_of(company_of(service_id)).reason for service_id in services} == {Reason.HELD_OPEN}
        assert not HeldChanges.objects.filter(verdict="waiting", closed_at=None).exists()

    def test_is_asked_anew_when_its_day_has_passed(self, services: list[int], run: Sync) -> None:
        reject()
        yesterday = timezone.localdate() - timedelta(days=1)
        HeldChanges.objects.update(kept_until=yesterday)
        Company.objects.update(hold_until=yesterday)
        assert run().outcome == "held"
        assert all(are_open(services))
        assert waiting().companies.count() == 4

    def test_ends_for_a_company_that_an_operator_no_longer_keeps_open(self, services: list[int], run: Sync) -> None:
        reject()
        company = company_of(services[0])
        lifecycle.end_hold(company, reason="It is right", actor=SOMEBODY, at=timezone.now())
        run()
        assert are_open(services) == [False, True, True, True]

    def test_does_not_shorten_what_an_operator_promised(self, services: list[int]) -> None:
        later = timezone.localdate() + timedelta(days=90)
        lifecycle.hold_open(company_of(services[0]), until=later, reason="", actor=SOMEBODY, at=timezone.now())
        reject()
        assert company_of(services[0]).hold_until == later
