"""Previews: what one shows is what the run after it does, and applying one does exactly that."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.changes import as_record, changes_of
from billing.errors import ErrorCode, PreviewUnusable, RunInProgress
from billing.models import (
    AttentionItem,
    HeldChanges,
    Kind,
    PreviewedChange,
    RunRecord,
    StoredPreview,
    Subscription,
    SyncRun,
    WhmcsGateway,
)
from billing.previews import applying, preview_gateway, stored
from billing.steps.lease import claim
from billing.steps.lines import Line
from companies import lifecycle
from companies.access import Reason
from companies.events import Actor
from companies.models import Company, Event
from companies.standings.facts import access_of
from plans.models import Plan
from sandbox import SandboxServer, Shop
from sandbox.faults import OverrideRow
from tests.billing.conftest import Sync
from tests.billing.shopping import buy, open_kinds, state

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[[], StoredPreview]
Apply = Callable[..., SyncRun]
SOMEBODY = Actor("somebody")
# A loss by what WHMCS says is recorded as the change that it is.
AS_RECORDED = {"lose": "update"}


@pytest.fixture
def make(gateway: WhmcsGateway) -> Make:
    def make_now() -> StoredPreview:
        preview = stored.ask(WhmcsGateway.objects.get(pk=gateway.pk), asked_by="somebody")
        assert stored.make(preview)
        return preview

    return make_now


@pytest.fixture
def apply() -> Apply:
    def apply_now(preview: StoredPreview, *, with_yes: bool = False) -> SyncRun:
        fresh = StoredPreview.objects.select_related("gateway").get(pk=preview.pk)
        applying.ask_to_apply(fresh, by=SOMEBODY, at=timezone.now(), with_yes=with_yes)
        fresh.refresh_from_db()
        run = applying.apply(fresh, trigger=SyncRun.Trigger.OPERATOR)
        assert run is not None
        return run

    return apply_now


def shown(preview: StoredPreview) -> list[tuple[str, int | None]]:
    return list(preview.changes.order_by("service_id").values_list("kind", "service_id"))


def outcomes(preview: StoredPreview) -> dict[int | None, str]:
    return dict(preview.changes.values_list("service_id", "outcome"))


def company_of(service_id: int) -> Company:
    return Company.objects.select_related("source", "plan").get(subscriptions__service_id=service_id)


def company_row(service_id: int) -> dict[str, Any]:
    """All columns of the company of a service."""
    return dict(Company.objects.filter(subscriptions__service_id=service_id).values().get())


def records(run: SyncRun) -> set[tuple[str, int | None]]:
    return {(record.code, record.service_id) for record in all_of(run)}


def all_of(run: SyncRun) -> list[RunRecord]:
    """What a run recorded, and what it changed."""
    return [*run.records.all(), *(as_record(event, run) for event in changes_of(run))]


def overdue(shop: Shop, service_id: int) -> None:
    """Its due date passed long ago, and no reading has confirmed that since."""
    long_ago = timezone.now() - timedelta(days=10)
    shop.move_due_date(service_id, long_ago.date())
    Subscription.objects.filter(service_id=service_id).update(due_date=long_ago.date())
    Company.objects.filter(subscriptions__service_id=service_id).update(due_date=long_ago.date())
    WhmcsGateway.objects.update(confirmed_at=long_ago)


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


class TestApplying:
    def test_does_what_is_shown_and_concludes_as_any_run(self, shop: Shop, run: Sync, make: Make, apply: Apply) -> None:
        ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie", "Dora", "Eve", "Frank")]
        run()
        overdue(shop, ids[0])
        shop.suspend(ids[1])
        shop.change_plan(ids[2], "Business")
        shop.delete_service(ids[3])
        new = buy(shop, "Grace").id
        WhmcsGateway.objects.update(mass_change_percent=50)
        preview = make()
        finished = apply(preview)
        assert (finished.outcome, set(outcomes(preview).values())) == ("complete", {"applied"})
        assert company_of(new).plan.name == "Team"
        assert [access_of(company_of(pk)).reason for pk in ids[:2]] == [Reason.OVERDUE, Reason.SUSPENDED]
        assert Subscription.objects.get(service_id=ids[3]).vanished_at is not None
        assert records(run()) == set()

    def test_leaves_what_came_later_to_the_next_run(self, shop: Shop, run: Sync, make: Make, apply: Apply) -> None:
        alice = buy(shop, "Alice").id
        preview = make()
        bob = buy(shop, "Bob").id
        finished = apply(preview)
        assert (finished.outcome, records(finished)) == ("held", {("provision", alice), ("not_previewed", bob)})
        assert (finished.seen, finished.created, finished.held) == (2, 1, 1)
        assert Company.objects.count() == 1
        assert run().created == 1

    def test_twice_does_nothing_the_second_time(self, shop: Shop, run: Sync, make: Make, apply: Apply) -> None:
        service = buy(shop).id
        run()
        shop.change_plan(service, "Business")
        preview = make()
        apply(preview)
        before = state()
        assert apply(preview).changed == 0
        assert (state(), outcomes(preview)) == (before, {service: "applied"})

    def test_what_another_run_has_done_is_so_already(self, shop: Shop, run: Sync, make: Make, apply: Apply) -> None:
        ids = [buy(shop, name).id for name in ("Alice", "Bob")]
        run()
        shop.change_plan(ids[0], "Business")
        overdue(shop, ids[1])
        preview = make()
        run()
        assert (apply(preview).outcome, set(outcomes(preview).values())) == ("complete", {"already"})

    def test_works_on_a_gateway_that_is_not_enabled_yet(
        self, shop: Shop, gateway: WhmcsGateway, make: Make, apply: Apply
    ) -> None:
        WhmcsGateway.objects.update(is_enabled=False)
        service = buy(shop).id
        assert apply(make()).created == 1
        assert access_of(company_of(service)).is_open

    def test_reads_each_loss_a_second_time(self, whmcs: SandboxServer, run: Sync, make: Make, apply: Apply) -> None:
        service = buy(whmcs.shop).id
        run()
        whmcs.shop.suspend(service)
        preview = make()
        asked = len(whmcs.requests)
        apply(preview)
        assert str(service) in [request.params.get("serviceid") for request in whmcs.requests[asked:]]

    def test_waits_while_another_run_reads(self, shop: Shop, make: Make, apply: Apply) -> None:
        buy(shop)
        preview = make()
        with claim(preview.gateway), pytest.raises(RunInProgress):
            apply(preview)
        preview.refresh_from_db()
        assert (preview.state, preview.begun_at) == ("applying", None)

    def test_is_refused_a_day_later_and_after_a_setting_was_changed(self, shop: Shop, make: Make, apply: Apply) -> None:
        buy(shop)
        old, other = make(), make()
        StoredPreview.objects.filter(pk=old.pk).update(made_at=timezone.now() - timedelta(hours=25))
        with pytest.raises(PreviewUnusable):
            apply(old)
        Plan.objects.create(name="Another")
        with pytest.raises(PreviewUnusable):
            apply(other)
        assert set(StoredPreview.objects.values_list("state", flat=True)) == {"outdated"}
        assert not Company.objects.exists()


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


class TestManyAtOnce:
    @pytest.fixture
    def services(self, shop: Shop, run: Sync) -> list[int]:
        ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie")]
        run()
        for service_id in ids:
            shop.suspend(service_id)
        return ids

    def test_wait_for_a_yes_as_in_any_run(self, services: list[int], make: Make, apply: Apply) -> None:
        preview = make()
        assert [question["code"] for question in preview.figures["questions"]] == [ErrorCode.UNSAFE_CHANGE_SET]
        assert apply(preview).outcome == "held"
        assert set(outcomes(preview).values()) == {"held"}
        assert open_kinds() == {Kind.LOSSES_HELD}

    def test_are_done_at_once_with_a_yes_to_the_preview(self, services: list[int], make: Make, apply: Apply) -> None:
        preview = make()
        assert apply(preview, with_yes=True).outcome == "complete"
        assert not any(access_of(company_of(service_id)).is_open for service_id in services)
        given = HeldChanges.objects.get()
        assert (given.verdict, given.decided_label, given.closed_at is not None) == ("approved", "somebody", True)
        assert given.figures["people"] == 3

    def test_a_yes_is_good_for_no_other_company(
        self, services: list[int], shop: Shop, make: Make, apply: Apply, run: Sync
    ) -> None:
        shop.unsuspend(services[0])
        WhmcsGateway.objects.update(mass_change_count=0, mass_change_percent=0)
        preview = make()
        shop.suspend(services[0])
        apply(preview, with_yes=True)
        assert [access_of(company_of(service_id)).is_open for service_id in services] == [True, False, False]
        assert run().outcome == "held"
        assert access_of(company_of(services[0])).is_open

    def test_a_first_import_waits_or_is_approved_with_the_preview(
        self, shop: Shop, make: Make, apply: Apply, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("billing.steps.first_import.UNASKED", 2)
        monkeypatch.setattr("billing.previews.questions.UNASKED", 2)
        for name in ("Alice", "Bob", "Charlie"):
            buy(shop, name)
        preview = make()
        assert apply(preview).error_code == ErrorCode.FIRST_IMPORT
        assert not Company.objects.exists()
        assert apply(preview, with_yes=True).created == 3


class TestACrash:
    @pytest.mark.parametrize("after", range(4))
    def test_in_the_middle_is_healed_by_applying_again(
        self, shop: Shop, run: Sync, make: Make, apply: Apply, monkeypatch: pytest.MonkeyPatch, after: int
    ) -> None:
        ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie")]
        run()
        shop.suspend(ids[0])
        shop.change_plan(ids[1], "Business")
        buy(shop, "Dora")
        preview = make()
        with monkeypatch.context() as patched:
            fail_after(patched, after)
            with pytest.raises(KeyboardInterrupt):
                apply(preview)
        apply(preview)
        assert set(outcomes(preview).values()) <= {"applied", "already"}
        assert not access_of(company_of(ids[0])).is_open
        assert Event.objects.filter(code="billing_changed").count() == 2
        assert records(run()) == set()

    def test_that_nobody_could_tell_of_is_noticed_by_the_silence(
        self, shop: Shop, make: Make, gateway: WhmcsGateway
    ) -> None:
        buy(shop)
        killed, made = stored.ask(gateway, asked_by="somebody"), timezone.now()
        assert stored.begin(killed, StoredPreview.State.MAKING)
        assert stored.watch(made + timedelta(minutes=4)) == []
        stored.watch(made + timedelta(minutes=6))
        applied = make()
        applying.ask_to_apply(applied, by=SOMEBODY, at=made)
        assert stored.begin(applied, StoredPreview.State.APPLYING)
        StoredPreview.objects.filter(pk=applied.pk).update(touched_at=made - timedelta(minutes=6))
        with claim(gateway):
            stored.watch(made)
            applied.refresh_from_db()
            assert applied.state == "applying"
        stored.watch(made + timedelta(minutes=20))
        states = dict(StoredPreview.objects.values_list("pk", "state"))
        assert states == {killed.pk: "failed", applied.pk: "ready"}

    def test_and_a_tick_that_finds_nothing_of_it_writes_nothing(self, make: Make) -> None:
        make()
        with CaptureQueriesContext(connection) as asked:
            assert stored.watch(timezone.now()) == []
        assert [query["sql"] for query in asked if not query["sql"].startswith("SELECT")] == []

    def test_of_the_broker_costs_a_tick(self, gateway: WhmcsGateway) -> None:
        preview = stored.ask(gateway, asked_by="somebody")
        assert stored.watch(timezone.now()) == []
        assert stored.watch(timezone.now() + timedelta(minutes=2)) == [preview]

    def test_previews_are_forgotten_after_two_weeks(self, shop: Shop, make: Make) -> None:
        buy(shop)
        make()
        stored.watch(timezone.now() + timedelta(days=15))
        assert not StoredPreview.objects.exists()
        assert not PreviewedChange.objects.exists()


def fail_after(patched: pytest.MonkeyPatch, writes: int) -> None:
    """Be killed after so many steps of the run that write."""
    left = [writes]

    def interrupt(path: str) -> None:
        module, _, name = path.rpartition(".")
        real = getattr(import_module(module), name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            if left[0] == 0:
                raise KeyboardInterrupt
            left[0] -= 1
            return real(*args, **kwargs)

        patched.setattr(path, counted)

    for path in ("billing.steps.page.write_in_groups", "billing.sync.settle_losses", "billing.sync.account_for"):
        interrupt(path)
