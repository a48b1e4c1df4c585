"""The health of the gateways: what we know about each, and how bad it is."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.db.models import OuterRef, Subquery

from billing.models import HeldChanges, SyncRun, WhmcsGateway
from billing.monitoring.freshness import State, allowed_age, state_of
from companies.standings.facts import confirmed_by

Outcome = SyncRun.Outcome


class Known(NamedTuple):
    """A gateway, its last ended run, and when somebody last decided on held changes."""

    gateway: WhmcsGateway
    last: SyncRun | None
    answered_at: datetime | None = None


class Condition(StrEnum):
    """The condition of a gateway. The first three were chosen by an operator."""

    DISABLED = "disabled"
    PAUSED = "paused"
    RESUMED = "resumed"
    NEVER_READ = "never_read"
    IN_TROUBLE = "in_trouble"
    STOPPED = "stopped"
    FRESH = "fresh"


class Level(StrEnum):
    """How urgent it is."""

    OK = "ok"
    NOTICE = "notice"
    WARN = "warn"
    BAD = "bad"


def load_known() -> list[Known]:
    """All gateways, by name; two queries."""
    ended = SyncRun.objects.ended().filter(gateway=OuterRef("pk"))
    last_run = ended.order_by("-started_at", "-pk").values("pk")[:1]
    answers = HeldChanges.objects.filter(gateway=OuterRef("pk"), decided_at__isnull=False)
    last_answer = answers.order_by("-decided_at").values("decided_at")[:1]
    rows = WhmcsGateway.objects.annotate(last_run=Subquery(last_run), answered_at=Subquery(last_answer))
    gateways = list(rows.order_by("name"))
    runs = SyncRun.objects.in_bulk([gateway.last_run for gateway in gateways if gateway.last_run])
    return [Known(gateway, runs.get(gateway.last_run), gateway.answered_at) for gateway in gateways]


def load_running() -> list[SyncRun]:
    """The running runs that already have a progress; one query."""
    running = SyncRun.objects.running().filter(progress_at__isnull=False)
    return list(running.select_related("gateway").order_by("started_at", "pk"))


def decide_condition(known: Known, now: datetime) -> Condition:
    """The condition of the gateway at `now`."""
    gateway, last = known.gateway, known.last
    state = state_of(gateway, now)
    if not gateway.is_enabled:
        return Condition.DISABLED
    if state in {State.PAUSED, State.RESUMED}:
        return Condition(state.value)
    if last is not None and now - last.started_at > allowed_age(gateway):
        return Condition.STOPPED
    if last is not None and _is_trouble(last, confirmed_by(gateway, now=now)):
        return Condition.IN_TROUBLE
    if confirmed_by(gateway, now=now) is None:
        return Condition.NEVER_READ
    return Condition.FRESH if state is State.FRESH else Condition.STOPPED


def level_of(known: Known, now: datetime) -> Level:
    """A single failure is only a warning. No complete reading for long is bad."""
    condition = decide_condition(known, now)
    if condition is Condition.FRESH:
        return Level.OK
    is_quiet = condition in {Condition.DISABLED, Condition.RESUMED, Condition.NEVER_READ}
    is_first = condition is Condition.IN_TROUBLE and state_of(known.gateway, now) is State.FRESH
    return Level.WARN if is_quiet or is_first else Level.BAD


def is_healthy(levels: Iterable[Level]) -> bool:
    """Whether none is a warning or worse."""
    return not {Level.WARN, Level.BAD} & set(levels)


def _is_trouble(last: SyncRun, confirmed_at: datetime | None) -> bool:
    """Whether the last run failed and is newer than the last complete reading."""
    failed = bool(last.error_code) or last.outcome in {Outcome.FAILED, Outcome.LOST}
    return failed and (confirmed_at is None or last.started_at > confirmed_at)
