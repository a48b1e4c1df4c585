"""Pauses: when one begins, what it refuses, how it ends; and when none begins by mistake."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from redis import Redis

from billing.errors import ErrorCode, GatewayPaused, NextStep
from billing.models import AttentionItem, Kind, SyncRun, WhmcsGateway
from billing.recovery import pauses, watermark
from billing.runs.schedule import READ_BY_CLOCK
from billing.wording.attention import explain
from sandbox import SandboxServer
from tests.billing.conftest import Sync
from tests.billing.factories import gateway_for
from tests.companies.factories import make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def paused(gateway: WhmcsGateway) -> WhmcsGateway:
    pauses.pause_all(pauses.RESTORED)
    return WhmcsGateway.objects.get(pk=gateway.pk)


def wind_back(gateway: WhmcsGateway, fence: int = 0, *, by: timedelta = timedelta(hours=2)) -> None:
    """As the database was some time and some runs ago."""
    WhmcsGateway.objects.filter(pk=gateway.pk).update(lease_fence=fence)
    SyncRun.objects.filter(gateway=gateway).update(started_at=F("started_at") - by)


def forget_redis(settings: Settings, gateway: WhmcsGateway) -> None:
    if settings.REDIS_URL:
        with Redis.from_url(settings.REDIS_URL) as redis:
            assert redis.delete(f"ticketz:high-water-mark:{gateway.uid}")


def is_paused(gateway: WhmcsGateway) -> bool:
    return WhmcsGateway.objects.get(pk=gateway.pk).paused_at is not None


@pytest.mark.parametrize("is_enabled", [True, False])
@pytest.mark.parametrize("paused", [True, False])
@pytest.mark.parametrize("resumed", [True, False])
def test_what_rests_is_not_read_by_the_clock_and_all_else_is(
    gateway: WhmcsGateway, is_enabled: bool, paused: bool, resumed: bool
) -> None:
    moments = {"paused_at": timezone.now() if paused else None, "resumed_at": timezone.now() if resumed else None}
    WhmcsGateway.objects.update(is_enabled=is_enabled, **moments)
    gateway.refresh_from_db()
    assert pauses.is_resting(gateway) is not WhmcsGateway.objects.filter(READ_BY_CLOCK).exists()
    assert pauses.is_resting(gateway) is (not is_enabled or (paused and not resumed))


class TestADatabaseThatIsOlderThanItsDeeds:
    def test_pauses_every_gateway_and_says_so_once(
        self, gateway: WhmcsGateway, whmcs: SandboxServer, run: Sync
    ) -> None:
        other = gateway_for(whmcs, "Other")
        run()
        wind_back(gateway)
        assert pauses.detect_restore()
        assert not pauses.detect_restore()
        assert is_paused(gateway)
        assert is_paused(other)
        assert AttentionItem.objects.filter(kind=Kind.PAUSED, closed_at=None).count() == 2

    def test_is_explained_with_what_happened_since_when_and_what_to_do(self, gateway: WhmcsGateway, run: Sync) -> None:
        run()
        wind_back(gateway)
        pauses.detect_restore()
        text = explain(AttentionItem.objects.get(kind=Kind.PAUSED))
        for part in ("older than what was done with it", str(timezone.localdate().year), "Go", '"Shop" --resume'):
            assert part in text

    def test_is_noticed_by_one_run_that_is_missing(self, gateway: WhmcsGateway, run: Sync) -> None:
        """The mark is written before a run does anything, and not when somebody looks the next time."""
        run()
        wind_back(gateway, WhmcsGateway.objects.get().lease_fence - 1)
        with pytest.raises(GatewayPaused):
            run()


class TestNothingIsPausedByMistake:
    def test_where_the_database_lacks_some_minutes_which_one_run_brings_back(
        self, gateway: WhmcsGateway, run: Sync
    ) -> None:
        run()
        wind_back(gateway, by=timedelta(minutes=50))
        assert run().outcome == SyncRun.Outcome.COMPLETE
        assert not is_paused(gateway)

    def test_where_a_clock_that_was_wrong_left_its_mark(self, gateway: WhmcsGateway, run: Sync) -> None:
        with time_machine.travel(timezone.now() + timedelta(days=40), tick=True):
            run()
        SyncRun.objects.update(started_at=timezone.now())
        wind_back(gateway, by=timedelta(minutes=5))
        assert not pauses.detect_restore()

    def test_in_a_new_database(self, gateway: WhmcsGateway) -> None:
        assert not pauses.detect_restore()
        assert not is_paused(gateway)

    def test_where_there_is_no_mark(self, gateway: WhmcsGateway, run: Sync, settings: Settings) -> None:
        run()
        (settings.VAR_DIR / watermark.FILE_NAME).unlink()
        forget_redis(settings, gateway)
        wind_back(gateway)
        assert not pauses.detect_restore()

    def test_where_the_mark_is_another_gateways(self, gateway: WhmcsGateway, run: Sync) -> None:
        run()
        WhmcsGateway.objects.update(uid=uuid4(), lease_fence=0)
        assert not pauses.detect_restore()

    def test_on_a_second_machine_whose_mark_is_older(
        self, gateway: WhmcsGateway, run: Sync, settings: Settings, tmp_path: Path
    ) -> None:
        (tmp_path / "second").mkdir()
        for machine in ("", "second", "", "second"):
            settings.VAR_DIR = tmp_path / machine
            run()
            assert not pauses.detect_restore()

    def test_on_a_second_machine_after_a_go_on_the_first(
        self, gateway: WhmcsGateway, run: Sync, settings: Settings, tmp_path: Path
    ) -> None:
        (tmp_path / "second").mkdir()
        for machine in ("", "second"):
            settings.VAR_DIR = tmp_path / machine
            run()
        wind_back(gateway)
        assert pauses.detect_restore()
        pauses.resume(gateway)
        run()
        settings.VAR_DIR = tmp_path
        assert not pauses.detect_restore()

    @pytest.mark.parametrize("text", ["", "{", "[1]", '{"a": "b"}', '{"a": null}', "\x00"])
    def test_where_the_marks_are_unreadable_which_mend_themselves(
        self, gateway: WhmcsGateway, run: Sync, settings: Settings, text: str
    ) -> None:
        file = settings.VAR_DIR / watermark.FILE_NAME
        file.write_text(text)
        run()
        assert json.loads(file.read_text())[str(gateway.uid)][0] == WhmcsGateway.objects.get().lease_fence

    def test_where_no_mark_can_be_written(self, gateway: WhmcsGateway, run: Sync, settings: Settings) -> None:
        settings.VAR_DIR = settings.VAR_DIR / "missing"
        assert run().outcome == SyncRun.Outcome.COMPLETE

    def test_where_redis_is_out_of_reach(self, gateway: WhmcsGateway, run: Sync, settings: Settings) -> None:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        assert run().outcome == SyncRun.Outcome.COMPLETE
        wind_back(gateway)
        assert pauses.detect_restore(), "the file alone is enough"


def test_redis_alone_is_enough(gateway: WhmcsGateway, run: Sync, settings: Settings) -> None:
    if not settings.REDIS_URL:
        pytest.skip("no Redis")
    run()
    (settings.VAR_DIR / watermark.FILE_NAME).unlink()
    wind_back(gateway)
    assert pauses.detect_restore()


class TestWhileItIsPaused:
    def test_a_run_is_refused_with_a_sentence_that_says_how_to_go_on(self, paused: WhmcsGateway, run: Sync) -> None:
        with pytest.raises(GatewayPaused, match=r"restored from a backup.*--resume") as refused:
            run()
        assert (refused.value.code, refused.value.next_step) == (ErrorCode.PAUSED, NextStep.ASK)
        assert not SyncRun.objects.exists()

    def test_the_command_line_refuses_with_2_and_goes_on_with_resume(self, paused: WhmcsGateway) -> None:
        for arguments, status, outcome in (([], 2, "failed"), (["--resume"], 0, "complete"), ([], 0, "complete")):
            printed = StringIO()
            with pytest.raises(SystemExit) as ended:
                call_command("sync_gateway", "Shop", *arguments, "--json", stdout=printed)
            assert (ended.value.code, json.loads(printed.getvalue())["outcome"]) == (status, outcome)
        assert not is_paused(paused)

    def test_the_refusal_is_one_sentence_at_a_terminal(self, paused: WhmcsGateway) -> None:
        printed = StringIO()
        with pytest.raises(SystemExit):
            call_command("sync_gateway", stdout=printed)
        assert "This gateway is paused since" in printed.getvalue()

    def test_to_pause_again_changes_nothing(self, paused: WhmcsGateway) -> None:
        assert pauses.pause_all(pauses.OLDER_THAN_ITS_DEEDS) == []
        assert WhmcsGateway.objects.get().paused_at == paused.paused_at

    def test_a_disabled_gateway_holds_up_the_mails_no_longer_than_the_others(
        self, gateway: WhmcsGateway, whmcs: SandboxServer
    ) -> None:
        other = gateway_for(whmcs, "Other")
        WhmcsGateway.objects.filter(pk=other.pk).update(is_enabled=False)
        pauses.pause_all(pauses.RESTORED)
        pauses.resume(gateway)
        assert not is_paused(other)
        assert is_paused(gateway), "it ends with a complete reading"


class TestTheGatewaysPage:
    def test_shows_the_pause_and_its_button_only_while_there_is_one(
        self, gateway: WhmcsGateway, operator: Client
    ) -> None:
        address = f"/admin/billing/whmcsgateway/{gateway.pk}/change/"
        assert "/resume/" not in operator.get(address).content.decode()
        pauses.pause_all(pauses.RESTORED)
        page = operator.get(address).content.decode()
        assert "/resume/" in page
        assert "restored from a backup" in page
        assert "paused since" in operator.get("/admin/billing/whmcsgateway/").content.decode()

    def test_refuses_to_sync_now(self, paused: WhmcsGateway, operator: Client) -> None:
        answer = operator.post(f"/admin/billing/whmcsgateway/{paused.pk}/sync/", follow=True)
        assert "This gateway is paused since" in answer.content.decode()
        assert WhmcsGateway.objects.get().next_sync_at is None

    def test_takes_a_go_only_as_a_post_with_its_box_ticked(self, paused: WhmcsGateway, operator: Client) -> None:
        address = f"/admin/billing/whmcsgateway/{paused.pk}/resume/"
        assert operator.get(address).status_code == 405
        operator.post(address)
        assert WhmcsGateway.objects.get().resumed_at is None
        page = operator.post(address, {"checked": "yes"}, follow=True).content.decode()
        assert WhmcsGateway.objects.get().resumed_at is not None
        assert "not read completely since then" in page

    def test_takes_no_go_from_somebody_who_may_only_look(self, paused: WhmcsGateway) -> None:
        viewer = sign_in(make_person("viewer@example.com", is_staff=True))
        address = f"/admin/billing/whmcsgateway/{paused.pk}/resume/"
        assert viewer.post(address, {"checked": "yes"}).status_code == 403
        assert WhmcsGateway.objects.get().resumed_at is None
