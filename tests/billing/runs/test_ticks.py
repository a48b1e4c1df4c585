"""A tick after a long stop, and after a clock that went wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from celery.signals import before_task_publish
from django.utils import timezone

from billing.models import WhmcsGateway
from billing.runs.schedule import due_at
from billing.tick import tick
from tests.billing.runs.ticking import HOUR, MINUTE
from ticketz.celery import app

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_pauses")]


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
            tick()
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
