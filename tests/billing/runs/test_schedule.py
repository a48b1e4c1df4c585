"""How often a WHMCS is asked: once per interval, less and less while it fails, and never more than it survives."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil

import pytest
from celery.signals import before_task_publish
from cryptography.fernet import Fernet
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from billing import sync, tasks
from billing.errors import NextStep
from billing.models import AttentionItem, Kind, SyncRun, WhmcsGateway
from billing.runs.schedule import JITTER, due_at, pause_after
from companies.models import Company, User
from sandbox import SandboxServer, Shop, faults
from sandbox.interference import Interference
from tests.billing.gateway_page import save
from tests.billing.shopping import buy
from ticketz.celery import app

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_pauses")]

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DETAILS = "getclientsdetails"
Scheduled = Callable[[], SyncRun]


@pytest.fixture
def tick(gateway: WhmcsGateway) -> Scheduled:
    """Let the clock start a run, whether or not it is due."""

    def run_now() -> SyncRun:
        return sync.sync_gateway(WhmcsGateway.objects.get(pk=gateway.pk), trigger=SyncRun.Trigger.SCHEDULE)

    return run_now


@pytest.fixture
def lifetimes() -> Iterator[list[float]]:
    """How many seconds each message counts that goes to a worker; there is none that hears them."""
    found: list[float] = []

    def keep(headers: dict[str, str], **kwargs: object) -> None:
        found.append((datetime.fromisoformat(headers["expires"]) - datetime.now(UTC)).total_seconds())

    before_task_publish.connect(keep)
    yield found
    before_task_publish.disconnect(keep)
    app.control.purge()


def run_for(hours: int, tick: Scheduled, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many runs there are in so many hours if each begins as soon as it is due."""
    runs, now = 0, timezone.now()
    end = now + hours * HOUR
    while now < end:
        monkeypatch.setattr(timezone, "now", lambda moment=now: moment)
        tick()
        runs += 1
        planned = WhmcsGateway.objects.get().next_sync_at
        assert planned is not None
        now = planned
    return runs


def pause() -> timedelta:
    """How long from now until the gateway is read next, rounded up to ten seconds: a busy machine takes its time."""
    planned = WhmcsGateway.objects.get().next_sync_at
    assert planned is not None
    return timedelta(seconds=10 * ceil((planned - timezone.now()).total_seconds() / 10))


class TestAPause:
    @pytest.mark.parametrize(
        ("failures", "minutes"), [(1, 5), (2, 10), (3, 20), (4, 40), (7, 320), (8, 360), (9, 360), (5000, 360)]
    )
    def test_grows_to_six_hours_where_a_setting_has_to_be_changed(self, failures: int, minutes: int) -> None:
        assert pause_after(5 * MINUTE, failures, NextStep.CONFIGURE) == minutes * MINUTE

    @pytest.mark.parametrize(("failures", "seconds"), [(1, 10), (2, 20), (5, 160), (6, 300), (99, 300)])
    @pytest.mark.parametrize("next_step", [NextStep.RETRY, NextStep.REPORT])
    def test_grows_to_five_minutes_where_it_may_be_over_soon(
        self, failures: int, seconds: int, next_step: NextStep
    ) -> None:
        assert pause_after(timedelta(seconds=10), failures, next_step) == timedelta(seconds=seconds)

    def test_is_one_interval_after_a_gateway_was_read(self) -> None:
        assert pause_after(5 * MINUTE, 0, None, jitter=1.0) == 5 * MINUTE

    @pytest.mark.parametrize(
        ("asked", "seconds"), [(0.0, 300), (200.0, 300), (900.0, 900), (10.0**6, 3600), (10.0**300, 3600), (None, 300)]
    )
    def test_is_as_long_as_whmcs_asks_for_up_to_an_hour(self, asked: float | None, seconds: int) -> None:
        assert pause_after(5 * MINUTE, 1, NextStep.RETRY, asked=asked) == timedelta(seconds=seconds)
        assert pause_after(5 * MINUTE, 0, None, asked=asked) == timedelta(seconds=seconds)

    @given(
        seconds=st.integers(10, 86_400),
        failures=st.integers(0, 32_767),
        next_step=st.sampled_from([None, *NextStep]),
        jitter=st.floats(0, 1),
    )
    def test_is_never_shorter_than_the_interval_nor_without_end(
        self, seconds: int, failures: int, next_step: NextStep | None, jitter: float
    ) -> None:
        interval = timedelta(seconds=seconds)
        found = pause_after(interval, failures, next_step, jitter=jitter)
        assert interval <= found <= max(interval, 6 * HOUR)
        assert found >= pause_after(interval, failures, next_step) * (1 - JITTER)


class TestAGatewayThatFails:
    @pytest.mark.parametrize(
        "fault", [faults.invalid_ip, faults.authentication_failed, lambda: faults.no_permission("getclientsproducts")]
    )
    def test_for_want_of_a_setting_is_asked_once_per_run_and_rarely(
        self, whmcs: SandboxServer, tick: Scheduled, fault: Callable[[], faults.Instead]
    ) -> None:
        whmcs.faults.always(fault())
        pauses = []
        for _ in range(9):
            tick()
            pauses.append(pause())
        assert len(whmcs.requests) == 9
        assert pauses[0] == 5 * MINUTE
        for number, found in enumerate(pauses, start=1):
            longest = min(6 * HOUR, 5 * MINUTE * 2 ** (number - 1))
            assert longest * (1 - JITTER) - timedelta(seconds=2) <= found <= longest

    def test_whose_secret_can_not_be_decrypted_is_tried_rarely_too(
        self, whmcs: SandboxServer, tick: Scheduled, settings: Settings
    ) -> None:
        settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
        assert {tick().error_code for _ in range(4)} == {"secret_unreadable"}
        assert pause() > 35 * MINUTE
        assert not whmcs.requests

    def test_for_the_moment_is_tried_again_every_five_minutes(self, whmcs: SandboxServer, tick: Scheduled) -> None:
        WhmcsGateway.objects.update(interval_seconds=10)
        whmcs.faults.always(faults.maintenance())
        pauses = []
        for _ in range(8):
            tick()
            pauses.append(pause())
        assert pauses[0] == timedelta(seconds=10)
        assert 4.5 * MINUTE <= pauses[-1] <= 5 * MINUTE

    def test_for_long_and_is_then_refused_once_does_not_rest_for_hours(
        self, whmcs: SandboxServer, tick: Scheduled
    ) -> None:
        WhmcsGateway.objects.update(failures_in_a_row=500)
        whmcs.faults.once(faults.invalid_ip())
        assert tick().error_code == "ip_not_allowed"
        assert pause() == 5 * MINUTE

    def test_and_is_read_again_starts_anew(self, whmcs: SandboxServer, tick: Scheduled) -> None:
        whmcs.faults.times(3, faults.authentication_failed())
        for _ in range(3):
            tick()
        assert WhmcsGateway.objects.get().failures_in_a_row == 3
        assert tick().outcome == "complete"
        assert (WhmcsGateway.objects.get().failures_in_a_row, pause()) == (0, 5 * MINUTE)
        whmcs.faults.once(faults.authentication_failed())
        tick()
        assert pause() == 5 * MINUTE

    def test_may_be_read_at_once_by_a_person_whom_it_costs_no_longer_pause(
        self, gateway: WhmcsGateway, whmcs: SandboxServer, tick: Scheduled
    ) -> None:
        whmcs.faults.always(faults.authentication_failed())
        tick()
        for _ in range(6):
            sync.sync_gateway(WhmcsGateway.objects.get(), trigger=SyncRun.Trigger.OPERATOR)
        assert len(whmcs.requests) == 7
        assert (WhmcsGateway.objects.get().failures_in_a_row, pause()) == (1, 5 * MINUTE)

    @pytest.mark.parametrize("change", [{"api_identifier": "another"}, {"api_secret": "another"}, {"product_code": 8}])
    def test_is_due_as_soon_as_a_setting_is_changed(
        self, client: Client, gateway: WhmcsGateway, change: dict[str, object]
    ) -> None:
        client.force_login(User.objects.create_superuser("operator@example.com", "operator's password"))
        later = timezone.now() + 6 * HOUR
        WhmcsGateway.objects.update(failures_in_a_row=9, next_sync_at=later, trouble_left=0.0, trouble_counted_at=later)
        assert save(client, gateway, mass_change_count=4).status_code == 302
        assert WhmcsGateway.objects.get().next_sync_at == later
        assert save(client, gateway, **change).status_code == 302
        stored = WhmcsGateway.objects.get()
        assert (stored.next_sync_at, stored.failures_in_a_row, stored.trouble_left) == (None, 0, None)

    def test_keeps_what_a_run_writes_while_its_form_is_open(self, client: Client, gateway: WhmcsGateway) -> None:
        client.force_login(User.objects.create_superuser("operator@example.com", "operator's password"))
        original = WhmcsGateway.full_clean

        def full_clean(self: WhmcsGateway, *args: object, **kwargs: object) -> None:
            WhmcsGateway.objects.update(lease_fence=77, failures_in_a_row=5)
            original(self, *args, **kwargs)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(WhmcsGateway, "full_clean", full_clean)
            assert save(client, gateway, grace_days=9).status_code == 302
        stored = WhmcsGateway.objects.get()
        assert (stored.grace_days, stored.lease_fence, stored.failures_in_a_row) == (9, 77, 5)


class TestAWaitThatWhmcsAsksFor:
    @pytest.mark.parametrize("status", [429, 503])
    @pytest.mark.parametrize(("header", "seconds"), [("900", 900), ("1000000", 3600), ("soon", 300), ("-5", 300)])
    def test_moves_the_next_reading_there(
        self, whmcs: SandboxServer, tick: Scheduled, status: int, header: str, seconds: int
    ) -> None:
        whmcs.faults.always(faults.html(status, "Slow down", Retry_After=header))
        tick()
        assert pause() == timedelta(seconds=seconds)
        if seconds > 300:
            assert len(whmcs.requests) == 1

    def test_ends_a_run_in_its_middle_and_what_was_read_stays(
        self, whmcs: SandboxServer, shop: Shop, tick: Scheduled
    ) -> None:
        for name in ("Ana", "Ben", "Cem", "Dan"):
            buy(shop, name)
        whmcs.faults.once(faults.too_many_requests("1200"), DETAILS)
        assert tick().outcome == "partial"
        assert pause() == 20 * MINUTE
        assert WhmcsGateway.objects.get().failures_in_a_row == 0


class TestTheBudget:
    @pytest.mark.parametrize("fault", [faults.server_error, faults.reset])
    def test_bounds_the_failing_calls_of_an_outage(
        self,
        whmcs: SandboxServer,
        tick: Scheduled,
        monkeypatch: pytest.MonkeyPatch,
        fault: Callable[[], Interference],
    ) -> None:
        WhmcsGateway.objects.update(interval_seconds=10)
        whmcs.faults.always(fault())
        runs = run_for(3, tick, monkeypatch)
        assert runs >= 36
        assert len(whmcs.requests) <= 60 + 3 * 60

    def test_names_what_failed_and_not_only_that_it_is_spent(self, whmcs: SandboxServer, tick: Scheduled) -> None:
        whmcs.faults.always(faults.server_error())
        codes = {tick().error_code for _ in range(5)}
        WhmcsGateway.objects.update(trouble_left=0.0)
        asked = len(whmcs.requests)
        assert codes == {"server_error", "call_budget_spent"}
        assert tick().error_code == "call_budget_spent"
        assert len(whmcs.requests) == asked

    def test_of_a_run_that_a_person_started_is_full(self, whmcs: SandboxServer, gateway: WhmcsGateway) -> None:
        WhmcsGateway.objects.update(trouble_left=0.0, trouble_counted_at=timezone.now())
        finished = sync.sync_gateway(WhmcsGateway.objects.get(), trigger=SyncRun.Trigger.OPERATOR)
        assert finished.outcome == "complete"
        assert WhmcsGateway.objects.get().trouble_left == 0.0

    def test_reads_a_host_that_fails_every_other_call(self, whmcs: SandboxServer, shop: Shop, tick: Scheduled) -> None:
        for number in range(12):
            buy(shop, f"Person{number}")
        calls = iter(range(10**6))
        whmcs.faults.when(lambda call: next(calls) % 2 == 0, faults.server_error())
        for _ in range(3):
            tick()
        assert Company.objects.count() == 12
        assert SyncRun.objects.latest("pk").outcome == "complete"

    def test_comes_back_after_an_hour(self, whmcs: SandboxServer, tick: Scheduled) -> None:
        WhmcsGateway.objects.update(trouble_left=-3.0, trouble_counted_at=timezone.now() - HOUR)
        whmcs.faults.times(2, faults.server_error())
        assert tick().outcome == "complete"
        left = WhmcsGateway.objects.get().trouble_left
        assert left is not None
        assert 55 < left < 58

    def test_of_a_run_without_trouble_is_not_written(self, gateway: WhmcsGateway, tick: Scheduled) -> None:
        tick()
        assert WhmcsGateway.objects.get().trouble_counted_at is None


class TestDetailsThatTheRoleLacks:
    def test_stop_no_updates_of_old_companies_and_are_asked_for_no_more(
        self, whmcs: SandboxServer, shop: Shop, tick: Scheduled
    ) -> None:
        old = [buy(shop, name) for name in ("Ana", "Ben", "Cem")]
        tick()
        whmcs.faults.always(faults.no_permission(), DETAILS)
        shop.suspend(old[0].id)
        shop.renew(old[1].id)
        shop.change_plan(old[2].id, "Business")
        for number in range(18):
            buy(shop, f"New{number}")
        asked = len(whmcs.requests)
        finished = tick()
        assert (finished.outcome, finished.changed, finished.failed) == ("partial", 3, 18)
        assert Company.objects.filter(status="suspended").count() == 1
        assert Company.objects.filter(plan__name="Business").count() == 1
        assert Company.objects.filter(due_date=shop.services[old[1].id].next_due_date).exists()
        assert AttentionItem.objects.filter(kind=Kind.DETAILS_FAILED, closed_at=None).count() == 18
        # As many as are asked for at a time; the first answer is the last word.
        assert [request.action for request in whmcs.requests[asked:]].count(DETAILS) <= 6
        assert pause() == 5 * MINUTE

    def test_leave_the_next_run_to_open_the_doors(self, whmcs: SandboxServer, shop: Shop, tick: Scheduled) -> None:
        buy(shop, "Ana")
        whmcs.faults.times(1, faults.no_permission(), DETAILS)
        assert tick().outcome == "partial"
        assert tick().outcome == "complete"
        assert Company.objects.count() == 1
        assert not AttentionItem.objects.filter(closed_at=None).exists()


class TestATick:
    def test_after_a_long_stop_leaves_one_wakeup_that_still_counts(
        self, gateway: WhmcsGateway, lifetimes: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Three hours of ticks that no worker hears: of their wake-ups never more than one has not expired."""
        start = timezone.now()
        sent_at = []
        for minutes in range(0, 3 * 60, 2):
            now = start + minutes * MINUTE
            monkeypatch.setattr(timezone, "now", lambda moment=now: moment)
            before = len(lifetimes)
            tasks.tick()
            sent_at += [now] * (len(lifetimes) - before)
        assert len(sent_at) == 3 * 10  # every third tick, for an interval of five minutes
        assert max(lifetimes) <= 300
        assert all(later - earlier >= 5 * MINUTE for earlier, later in pairwise(sent_at))

    def test_reads_a_gateway_that_a_clock_gone_back_has_planned_for_next_week(self, gateway: WhmcsGateway) -> None:
        now = timezone.now()
        for planned, is_due in [(7 * 24, True), (7, True), (5, False)]:
            WhmcsGateway.objects.update(next_sync_at=now + planned * HOUR)
            assert WhmcsGateway.objects.filter(due_at(now)).exists() == is_due
        WhmcsGateway.objects.update(next_sync_at=now + 23 * HOUR, interval_seconds=86_400)
        assert not WhmcsGateway.objects.filter(due_at(now)).exists()
