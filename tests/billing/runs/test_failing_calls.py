"""The budget of calls that may fail: what bounds the trouble that an outage makes."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from billing import sync
from billing.models import SyncRun, WhmcsGateway
from companies.models import Company
from sandbox import SandboxServer, Shop, faults
from sandbox.interference import Interference
from tests.billing.runs.ticking import HOUR, Scheduled
from tests.billing.shopping import buy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_pauses")]


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
