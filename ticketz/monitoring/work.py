"""What waits to be done in the background, and since when. The database knows; the broker carries wake-ups only."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from django.db.models import Count, Max, Min, Model, QuerySet
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from billing.models import PaymentCheck, StoredPreview, WhmcsGateway
from billing.steps.schedule import due_at
from companies.facts import RESTS
from companies.mail import MAX_ATTEMPTS
from companies.models import OutgoingMail

M = TypeVar("M", bound=Model)


class Waiting(NamedTuple):
    """How many of a kind wait, and since when the first one does."""

    number: int
    since: datetime | None


def load(now: datetime) -> Iterator[Metric]:
    """One query for each kind of work, and one for mails."""
    kinds = {
        "reading": _readings(now),
        "payment_check": _of(PaymentCheck.objects.filter(state=PaymentCheck.State.WAITING), "asked_at"),
        "preview": _previews(),
        "mail": _of(_mails().filter(due_at__lte=now), "due_at"),
    }
    number = GaugeMetricFamily("ticketz_waiting_work", "What is due and not begun.", labels=["kind"])
    age = GaugeMetricFamily("ticketz_waiting_work_age_seconds", "How long the oldest of it waits.", labels=["kind"])
    for kind, waiting in kinds.items():
        number.add_metric([kind], waiting.number)
        ago = now - waiting.since if waiting.since else timedelta(0)
        age.add_metric([kind], max(0.0, ago.total_seconds()))
    yield from (number, age, *_load_mails())


def _readings(now: datetime) -> Waiting:
    """Gateways whose reading is due and that no tick has begun: the clock or the workers stand still."""
    due = WhmcsGateway.objects.filter(due_at(now), is_enabled=True).exclude(RESTS)
    return _of(due, "next_sync_at")


def _previews() -> Waiting:
    states = (StoredPreview.State.MAKING, StoredPreview.State.APPLYING)
    return _of(StoredPreview.objects.filter(state__in=states, begun_at=None), "touched_at")


def _load_mails() -> Iterator[Metric]:
    waiting = GaugeMetricFamily("ticketz_mails_waiting", "Mails that are still to be sent.", labels=["kind"])
    attempts = GaugeMetricFamily(
        "ticketz_mails_failed_attempts", "The most attempts that one of them has failed in.", labels=["kind"]
    )
    rows = _mails().order_by().values_list("kind").annotate(Count("pk"), Max("attempts"))
    found = {kind: (number, most) for kind, number, most in rows}
    for kind in OutgoingMail.Kind.values:
        number, most = found.get(kind, (0, 0))
        waiting.add_metric([kind], number)
        attempts.add_metric([kind], most)
    yield from (waiting, attempts)


def _mails() -> "QuerySet[OutgoingMail]":
    return OutgoingMail.objects.filter(sent_at=None, attempts__lt=MAX_ATTEMPTS)


def _of(rows: "QuerySet[M]", since: str) -> Waiting:
    found = rows.order_by().aggregate(number=Count("pk"), since=Min(since))
    return Waiting(found["number"], found["since"])
