"""Metrics of waiting background work, from the database. The broker only carries wake-ups."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from django.db.models import Count, Max, Min, Model, Q, QuerySet
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from billing.models import PaymentCheck, StoredPreview, WhmcsGateway
from billing.runs.schedule import READ_BY_CLOCK, due_at
from companies.models import OutgoingMail

M = TypeVar("M", bound=Model)
# At most this many mails are read, the first due ones, so that a long queue takes no longer.
MOST_MAILS = 1000


class Mails(NamedTuple):
    """Waiting mails of a kind: how many, the most attempts, how many are due, the oldest."""

    kind: str
    number: int
    attempts: int
    due: int
    since: datetime


class Waiting(NamedTuple):
    """How many of a kind wait, and since when the oldest waits."""

    number: int
    since: datetime | None


def load(now: datetime) -> Iterator[Metric]:
    """One query for each kind of work, and one for mails."""
    mails = _load_mails(now)
    kinds = {
        "reading": _readings(now),
        "payment_check": _of(PaymentCheck.objects.filter(state=PaymentCheck.State.WAITING), "asked_at"),
        "preview": _previews(),
        "mail": _due(mails),
    }
    number = GaugeMetricFamily("ticketz_waiting_work", "What is due and not begun.", labels=["kind"])
    age = GaugeMetricFamily("ticketz_waiting_work_age_seconds", "How long the oldest of it waits.", labels=["kind"])
    for kind, waiting in kinds.items():
        number.add_metric([kind], waiting.number)
        ago = now - waiting.since if waiting.since else timedelta(0)
        age.add_metric([kind], max(0.0, ago.total_seconds()))
    yield from (number, age, *_mails(mails))


def _readings(now: datetime) -> Waiting:
    """Gateways that are due but that no tick has started: the clock or the workers have stopped."""
    due = WhmcsGateway.objects.filter(READ_BY_CLOCK, due_at(now))
    return _of(due, "next_sync_at")


def _previews() -> Waiting:
    states = (StoredPreview.State.MAKING, StoredPreview.State.APPLYING)
    return _of(StoredPreview.objects.filter(state__in=states, begun_at=None), "touched_at")


def _load_mails(now: datetime) -> list[Mails]:
    first = OutgoingMail.objects.waiting().order_by("due_at").values("pk")[:MOST_MAILS]
    rows = OutgoingMail.objects.filter(pk__in=first).order_by().values_list("kind")
    due = Count("pk", filter=Q(due_at__lte=now))
    return [Mails(*row) for row in rows.annotate(Count("pk"), Max("attempts"), due=due, since=Min("due_at"))]


def _due(mails: list[Mails]) -> Waiting:
    return Waiting(sum(one.due for one in mails), min((one.since for one in mails if one.due), default=None))


def _mails(mails: list[Mails]) -> Iterator[Metric]:
    waiting = GaugeMetricFamily(
        "ticketz_mails_waiting", f"Mails that are still to be sent, of the {MOST_MAILS} due first.", labels=["kind"]
    )
    attempts = GaugeMetricFamily(
        "ticketz_mails_failed_attempts", "The most attempts that one of them has failed in.", labels=["kind"]
    )
    found = {one.kind: one for one in mails}
    for kind in OutgoingMail.Kind.values:
        one = found.get(kind)
        waiting.add_metric([kind], one.number if one else 0)
        attempts.add_metric([kind], one.attempts if one else 0)
    yield from (waiting, attempts)


def _of(rows: QuerySet[M], since: str) -> Waiting:
    found = rows.order_by().aggregate(number=Count("pk"), since=Min(since))
    return Waiting(found["number"], found["since"])
