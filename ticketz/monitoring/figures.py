"""The metrics, each from one bounded query."""

import platform
import time
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import django
from django.conf import settings
from django.contrib.auth.hashers import get_hasher
from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone
from django.utils.crypto import get_random_string
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

from billing.dashboard.figures import waiting_services
from billing.models import AttentionItem, HeldChanges, Kind
from companies.standings.groups import count_by_verdict, load_groups
from ticketz.backups import noted
from ticketz.monitoring import broker, gateways, work

# Counts that read whole tables are cached for all processes of the same version.
COUNTED_KEY, COUNTED_FRESH_FOR = f"monitoring:counted:{settings.VERSION}", 60
HASH_FRESH_FOR = 300.0


def load_from_database() -> Iterator[Metric]:
    """All metrics from the database."""
    now = timezone.now()
    yield from gateways.load(now)
    yield from _counted()
    yield from _held()
    yield from work.load(now)
    yield _backup(now)


def load_from_broker() -> Iterator[Metric]:
    """The lengths of the queues. Messages are only wake-ups; the database knows how long work waits."""
    family = GaugeMetricFamily("ticketz_queue_messages", "Wake-ups in a queue of the broker.", labels=["queue"])
    for queue, length in broker.load_queue_lengths().items():
        family.add_metric([queue], length)
    yield family


def measure_hash() -> Iterator[Metric]:
    """How long hashing a password takes on this machine, which limits sign-ins and first imports."""
    hasher = get_hasher()
    begun = time.perf_counter()
    hasher.encode(get_random_string(16), hasher.salt())
    seconds = time.perf_counter() - begun
    yield GaugeMetricFamily("ticketz_password_hash_seconds", "How long it takes to hash one password.", value=seconds)


def describe_build() -> Metric:
    """Which version this is."""
    versions = {"version": settings.VERSION, "python": platform.python_version(), "django": django.get_version()}
    return InfoMetricFamily("ticketz_build", "The versions that answer.", value=versions)


class Counted(NamedTuple):
    """Companies by state and reason, purchases without a company, attention items by kind; and the time of counting."""

    companies: dict[tuple[str, str], int]
    purchases: int
    attention: dict[str, int]
    at: float


def _counted() -> Iterator[Metric]:
    known: Counted | None = cache.get(COUNTED_KEY)
    if known is None:
        known = _count()
        cache.set(COUNTED_KEY, known, COUNTED_FRESH_FOR)
    family = GaugeMetricFamily("ticketz_companies", "Companies by access today.", labels=["state", "reason"])
    for (state, reason), number in known.companies.items():
        family.add_metric([state, reason], number)
    yield family
    text = "Purchases that have no company yet because something about them is unclear."
    yield GaugeMetricFamily("ticketz_purchases_waiting", text, value=known.purchases)
    family = GaugeMetricFamily("ticketz_attention_items", "What needs attention, by kind.", labels=["kind"])
    for kind in Kind:  # also those that nothing is of: a line on a chart goes down to nothing instead of ending
        family.add_metric([kind.value], known.attention.get(kind.value, 0))
    yield family
    text = "When companies, purchases and what needs attention were counted."
    yield GaugeMetricFamily("ticketz_counted_timestamp_seconds", text, value=known.at)


def _count() -> Counted:
    now = timezone.now()
    verdicts = count_by_verdict(load_groups(now))
    companies = {(state.value, reason.value): number for (state, reason), number in verdicts.items()}
    attention = AttentionItem.objects.waiting().order_by().values_list("kind").annotate(number=Count("pk"))
    return Counted(companies, waiting_services().count(), dict(attention), now.timestamp())


def _backup(now: datetime) -> Metric:
    family = GaugeMetricFamily("ticketz_backup_age_seconds", "How old the last backup is; none: never made.", labels=[])
    age = noted.load_age(now)
    if age is not None:
        family.add_metric([], age)
    return family


def _held() -> Iterator[Metric]:
    labels = ["gateway", "kind"]
    rows = HeldChanges.objects.waiting().order_by().values_list("gateway__name", "kind")
    changes = GaugeMetricFamily("ticketz_held_changes", "Changes that wait for an operator's yes.", labels=labels)
    companies = GaugeMetricFamily("ticketz_held_companies", "Companies that such changes are about.", labels=labels)
    for gateway, kind, number, about in rows.annotate(Count("pk", distinct=True), Count("companies")):
        changes.add_metric([gateway, kind], number)
        companies.add_metric([gateway, kind], about)
    yield changes
    yield companies
