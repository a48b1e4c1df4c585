"""A preview shows what the run after it does, and where it would ask."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from billing.errors import ErrorCode
from billing.models import Kind, RunRecord, WhmcsGateway
from billing.previews import preview_gateway, stored
from billing.steps.applied.lines import Line
from sandbox import SandboxServer, Shop
from sandbox.faults import OverrideRow
from tests.billing.conftest import Sync
from tests.billing.previews.conftest import Make
from tests.billing.previews.kept import all_of, records, shown
from tests.billing.shopping import buy, overdue, state

pytestmark = pytest.mark.django_db(transaction=True)

# A loss by what WHMCS says is recorded as the change that it is.
AS_RECORDED = {"lose": "update"}


class TestAPreview:
    @pytest.mark.parametrize("seed", range(6))
    def test_shows_what_the_run_after_it_records(self, shop: Shop, gateway: WhmcsGateway, run: Sync, seed: int) -> None:
        dice = random.Random(seed)  # noqa: S311 - no secret
        WhmcsGateway.objects.update(mass_change_count=3, mass_change_percent=30)
        ids = [buy(shop, f"Name{n}", plan=dice.choice(["Team", "Starter", "team"])).id for n in range(14)]
        run()
        for service_id in ids:
            happen(shop, service_id, dice)
        for n in range(3):
            buy(shop, f"New{n}", plan=dice.choice(["Team", "Busines"]), paid=dice.random() < 0.8)
        before = state()
        preview = preview_gateway(WhmcsGateway.objects.get())
        assert state() == before
        finished = run()
        told = [as_recorded(line, preview.would_hold) for line in preview.lines]
        assert Counter(told) == Counter(map(recorded, all_of(finished)))
        assert finished.error_code in {question.code for question in preview.questions} | {""}
        names = ("created", "unchanged", "failed")
        assert [preview.counts[name] for name in names] == [getattr(finished, name) for name in names]

    def test_weighs_what_is_absent(self, shop: Shop, run: Sync, make: Make) -> None:
        gone, moved, *_ = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie", "Dora", "Eve")]
        run()
        shop.delete_service(gone)
        shop.edit_service(moved, pid=3)
        preview = make()
        assert shown(preview) == [("vanished", gone), ("held", moved)]

    def test_follows_a_moved_service_in_spite_of_an_odd_answer_about_another_as_a_run_does(
        self, shop: Shop, whmcs: SandboxServer, run: Sync, make: Make
    ) -> None:
        alice, bob, *_ = (buy(shop, name) for name in ("Alice", "Bob", "Charlie", "Dora", "Eve"))
        run()
        for service in (alice, bob):
            shop.edit_service(service.id, pid=3)
        shop.suspend(bob.id)
        whmcs.faults.always(OverrideRow(alice.id, {"id": 999}))
        preview = make()
        assert shown(preview) == [("lose", bob.id)]
        assert (preview.error_code, preview.error_params) == ("service_unanswered", {"service_id": str(alice.id)})
        assert ("update", bob.id) in records(run())

    def test_asks_where_so_many_are_absent_that_a_run_would(self, shop: Shop, run: Sync, make: Make) -> None:
        ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie", "Dora")]
        run()
        for service_id in ids[:2]:
            shop.delete_service(service_id)
        preview = make()
        assert [question["code"] for question in preview.figures["questions"]] == [ErrorCode.MANY_ABSENT]
        assert shown(preview) == []

    def test_asks_about_absent_services_with_the_figures_of_a_run(
        self, shop: Shop, whmcs: SandboxServer, run: Sync, make: Make
    ) -> None:
        ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie", "Dora", "Eve")]
        run()
        for service_id in ids[:3]:
            shop.delete_service(service_id)
        whmcs.faults.always(OverrideRow(ids[4], {"id": "?"}))
        (question,) = make().figures["questions"]
        assert question["params"] == run().error_params == {"missing": "4", "known": "5"}

    def test_closes_nobody_by_a_date_who_has_paid_meanwhile(self, shop: Shop, run: Sync, make: Make) -> None:
        service = buy(shop)
        run()
        overdue(shop, service.id)
        shop.renew(service.id, months=3)
        assert shown(make()) == [("change", service.id)]

    def test_opens_a_company_again_for_one_purchase_only(self, shop: Shop, run: Sync, make: Make) -> None:
        first = buy(shop)
        run()
        shop.terminate(first.id)
        run()
        second, third = buy(shop, client_id=first.client_id), buy(shop, client_id=first.client_id)
        assert shown(make()) == [("reopen", second.id), ("create", third.id)]

    def test_counts_the_people_who_would_lose_access(self, shop: Shop, run: Sync, make: Make) -> None:
        service = buy(shop)
        run()
        shop.suspend(service.id)
        figures = make().figures
        assert (figures["losing"], figures["people"], figures["questions"]) == (1, 1, [])

    def test_that_can_not_be_made_says_why(self, gateway: WhmcsGateway, make: Make) -> None:
        WhmcsGateway.objects.update(api_identifier="somebody else")
        preview = make()
        assert (preview.state, preview.error_code) == ("failed", "credentials_refused")

    def test_is_made_once_though_the_message_comes_twice(self, shop: Shop, gateway: WhmcsGateway) -> None:
        buy(shop)
        preview = stored.ask(gateway, asked_by="somebody")
        assert stored.ask(gateway, asked_by="somebody else") == preview
        assert [stored.make(preview), stored.make(preview)] == [True, False]
        assert preview.changes.count() == 1


def happen(shop: Shop, service_id: int, dice: random.Random) -> None:
    """Something, or nothing, happens to a service."""
    what: list[Callable[[int], Any]] = [
        shop.suspend, shop.cancel, shop.renew, shop.set_back_to_pending, shop.delete_service,
        lambda pk: shop.change_plan(pk, dice.choice(["Business", "business"])),
        lambda pk: shop.edit_service(pk, status="Paused"),
        lambda pk: shop.edit_service(pk, pid=3),
        lambda pk: overdue(shop, pk),
    ]  # fmt: skip
    if dice.random() < 0.5:
        dice.choice(what)(service_id)


def as_recorded(line: Line, would_hold: bool) -> tuple[object, ...]:
    result = {"create": "created", "held": "held", "failed": "failed"}.get(line.kind, "changed")
    if line.kind == "lose" and would_hold:
        return ("held", Kind.LOSSES_HELD, line.service_id, shape(line.before, line.after))
    told = line.kind != "lose" or line.what == "lose"  # that a date has passed changes no column
    before, after = (line.before, line.after) if told else ({}, {})
    return (result, AS_RECORDED.get(line.what, line.what), line.service_id, shape(before, after))


def shape(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """What is not the same in both."""
    return str(sorted((key, before.get(key), value) for key, value in after.items() if before.get(key) != value))


def recorded(record: RunRecord) -> tuple[object, ...]:
    told = record.code != "closed_overdue"
    before, after = (record.before, record.after) if told else ({}, {})
    return (record.result, record.code, record.service_id, shape(before, after))
