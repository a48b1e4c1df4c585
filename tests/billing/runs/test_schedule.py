"""How often a WHMCS is asked: once per interval, less and less while it fails, and never more than it survives."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from billing import sync
from billing.errors import NextStep
from billing.models import SyncRun, WhmcsGateway
from billing.runs.schedule import JITTER, pause_after
from companies.models import User
from sandbox import SandboxServer, Shop, faults
from tests.billing.gateway_page import save
from tests.billing.runs.ticking import DETAILS, HOUR, MINUTE, Scheduled, pause
from tests.billing.shopping import buy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_pauses")]


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
