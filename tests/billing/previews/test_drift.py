"""What is not as the preview shows any more is left alone, and all else is applied."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.models import AttentionItem, Kind, Subscription, WhmcsGateway
from companies import lifecycle
from companies.standings.facts import access_of
from sandbox import Shop
from tests.billing.conftest import Sync
from tests.billing.previews.conftest import SOMEBODY, Apply, Make
from tests.billing.previews.kept import company_row, outcomes
from tests.billing.shopping import buy, company_of, open_kinds, overdue

pytestmark = pytest.mark.django_db(transaction=True)


class TestWhatHasDrifted:
    @pytest.fixture
    def services(self, shop: Shop, run: Sync) -> list[int]:
        """Three customers: the first would be suspended, the second get another plan."""
        ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie")]
        run()
        shop.suspend(ids[0])
        shop.change_plan(ids[1], "Business")
        return ids

    @pytest.mark.parametrize(
        ("drift", "outcome"),
        [
            (lambda shop, pk: shop.terminate(pk), "drifted"),
            (lambda shop, pk: shop.unsuspend(pk), "unwanted"),
            (lambda shop, pk: shop.change_plan(pk, "Starter"), "drifted"),
            (lambda shop, pk: shop.move_due_date(pk, None), "drifted"),
            (lambda shop, pk: shop.edit_service(pk, status="Paused"), "drifted"),
        ],
    )
    def test_is_left_alone_and_all_else_is_applied(
        self, services: list[int], shop: Shop, make: Make, apply: Apply, drift: Callable[[Shop, int], Any], outcome: str
    ) -> None:
        preview, before = make(), company_row(services[0])
        drift(shop, services[0])
        finished = apply(preview)
        assert finished.outcome == "held"
        assert outcomes(preview) == {services[0]: outcome, services[1]: "applied"}
        assert (company_row(services[0]), access_of(company_of(services[0])).is_open) == (before, True)
        assert company_of(services[1]).plan.name == "Business"

    @pytest.mark.parametrize("act", ["lock", "hold"])
    def test_by_an_operators_hand_is_left_alone(self, services: list[int], make: Make, apply: Apply, act: str) -> None:
        preview, company = make(), company_of(services[0])
        if act == "lock":
            lifecycle.lock(company, reason="court order", actor=SOMEBODY, at=timezone.now())
        else:
            until = timezone.localdate() + timedelta(days=3)
            lifecycle.hold_open(company, until=until, reason="cheque", actor=SOMEBODY, at=timezone.now())
        apply(preview)
        assert outcomes(preview)[services[0]] == "drifted_by_operator"
        assert company_of(services[0]).status == "active"

    def test_because_the_service_is_gone_is_left_alone(
        self, services: list[int], shop: Shop, make: Make, apply: Apply, run: Sync
    ) -> None:
        preview = make()
        shop.delete_service(services[0])
        apply(preview)
        assert outcomes(preview)[services[0]] == "drifted"
        assert Subscription.objects.get(service_id=services[0]).vanished_at is None
        assert run().records.filter(code=Kind.VANISHED).exists()

    def test_keeps_a_date_from_closing_anybody(self, services: list[int], shop: Shop, make: Make, apply: Apply) -> None:
        overdue(shop, services[2])
        preview, read_at = make(), WhmcsGateway.objects.get().confirmed_at
        buy(shop, "Dora")
        apply(preview)
        assert outcomes(preview)[services[2]] == "left"
        assert access_of(company_of(services[2])).is_open
        assert WhmcsGateway.objects.get().confirmed_at == read_at

    def test_never_closes_a_company_that_renewed_after_the_preview(
        self, shop: Shop, run: Sync, make: Make, apply: Apply
    ) -> None:
        alice, bob = (buy(shop, name).id for name in ("Alice", "Bob"))
        run()
        overdue(shop, alice)
        overdue(shop, bob)
        WhmcsGateway.objects.update(mass_change_count=5)
        buy(shop, "Charlie")
        preview = make()
        shop.renew(alice, months=3)
        apply(preview)
        assert (outcomes(preview)[alice], outcomes(preview)[bob]) == ("drifted", "left")
        assert [access_of(company_of(pk)).is_open for pk in (alice, bob)] == [True, True]

    def test_closes_no_attention_item_whose_cause_is_still_there(
        self, services: list[int], shop: Shop, run: Sync, make: Make, apply: Apply
    ) -> None:
        shop.change_plan(services[1], "busines")
        run()
        assert Kind.PLAN_UNKNOWN in open_kinds()
        preview = make()
        shop.move_due_date(services[1], None)
        apply(preview)
        assert AttentionItem.objects.filter(kind=Kind.PLAN_UNKNOWN, closed_at=None).exists()
