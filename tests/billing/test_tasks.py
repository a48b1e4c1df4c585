"""When a sync is told to begin: by the clock, by an operator, and once at a time."""

from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from billing import tasks
from billing.models import ReadRequest, SyncRun, WhmcsGateway
from billing.recovery import pauses
from billing.runs.lease import claim
from billing.tick import tick
from companies.models import Company, DailyStanding
from sandbox import Shop
from tests.companies.factories import make_company

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


def test_a_tick_starts_what_is_due_and_not_again_before_its_interval(gateway: WhmcsGateway) -> None:
    tick.delay()
    tick.delay()
    assert SyncRun.objects.count() == 1
    WhmcsGateway.objects.update(next_sync_at=timezone.now() - timedelta(seconds=1))
    tick.delay()
    assert SyncRun.objects.count() == 2


def test_old_runs_are_forgotten_and_stories_kept(gateway: WhmcsGateway) -> None:
    tick.delay()
    SyncRun.objects.update(started_at=timezone.now() - timedelta(days=91))
    tick.delay()
    assert not SyncRun.objects.exists()


def test_a_tick_notes_how_the_companies_stand_today(gateway: WhmcsGateway, shop: Shop) -> None:
    shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    tick.delay()
    tick.delay()
    assert [day.companies for day in DailyStanding.objects.all()] == [{"open": {"paid": 1}}]


def test_a_part_of_a_tick_that_fails_is_told_and_keeps_no_other_waiting(
    gateway: WhmcsGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_company("Bakery")

    def refuse(*args: object, **options: object) -> None:
        raise BrokerError

    monkeypatch.setattr(tasks.sync_gateway, "apply_async", refuse)
    with pytest.raises(ExceptionGroup) as told:
        tick()
    assert [type(error) for error in told.value.exceptions] == [BrokerError]
    assert DailyStanding.objects.exists()


def test_a_disabled_gateway_rests(gateway: WhmcsGateway) -> None:
    WhmcsGateway.objects.update(is_enabled=False)
    tick.delay()
    assert not SyncRun.objects.exists()


def test_an_operator_need_not_wait_for_the_interval(gateway: WhmcsGateway) -> None:
    tick.delay()
    assert tasks.request_sync(gateway)
    tick.delay()
    assert sorted(SyncRun.objects.values_list("trigger", flat=True)) == ["operator", "schedule"]


def test_a_message_that_comes_twice_is_no_error(gateway: WhmcsGateway) -> None:
    with claim(gateway):
        tasks.sync_gateway.delay(gateway.pk, "schedule")
    assert not SyncRun.objects.exists()


def test_a_message_for_a_gateway_that_is_gone_is_no_error(db: None) -> None:
    tasks.sync_gateway.delay(404, "schedule")


def test_one_service_is_read_on_request_and_no_other(gateway: WhmcsGateway, shop: Shop) -> None:
    wanted = shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    shop.buy("Bob", "Jones", "bob@example.com", password="a good first one")
    tasks.request_service_sync(gateway, wanted.id)
    assert Company.objects.get().name == "Alice Smith"
    assert SyncRun.objects.get().trigger == "operator"


def test_a_service_of_a_gateway_that_rests_or_is_gone_is_not_read(gateway: WhmcsGateway) -> None:
    pauses.pause_all(pauses.RESTORED)
    tasks.request_service_sync(gateway, 1)
    tasks.read_requested_services.delay(404)
    assert not SyncRun.objects.exists()
    assert not ReadRequest.objects.exists()
