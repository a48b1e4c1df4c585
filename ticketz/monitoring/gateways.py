"""Metrics of each gateway: freshness, the last scheduled run, the rest of its retry budget."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import OuterRef, Subquery
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from billing.models import SyncRun, WhmcsGateway
from billing.monitoring.freshness import State, age_of, allowed_age, state_of
from billing.runs.schedule import calls_left
from billing.whmcs.budget import RESERVE

_COUNTS = ("created", "changed", "unchanged", "held", "failed")
_OUTCOMES = [outcome.value for outcome in SyncRun.Outcome if outcome is not SyncRun.Outcome.RUNNING]


def load(now: datetime) -> Iterator[Metric]:
    """Two queries, for any number of gateways and runs."""
    gateways = list(WhmcsGateway.objects.order_by("name"))
    yield from _freshness(gateways, now)
    yield from _trouble(gateways, now)
    yield from _last_runs(_load_last_runs())


def _load_last_runs() -> list[tuple[str, SyncRun]]:
    """The last ended scheduled run of each gateway. Runs of single services say little."""
    ended = SyncRun.objects.ended().filter(gateway=OuterRef("pk"), trigger=SyncRun.Trigger.SCHEDULE)
    newest = ended.order_by("-started_at", "-pk").values("pk")[:1]
    last = WhmcsGateway.objects.annotate(last=Subquery(newest)).values("last")
    runs = SyncRun.objects.filter(pk__in=last).select_related("gateway").order_by("gateway__name")
    return [(run.gateway.name, run) for run in runs]


def _freshness(gateways: list[WhmcsGateway], now: datetime) -> Iterator[Metric]:
    enabled = _family("gateway_enabled", "1 if the gateway is read.")
    age = _family("gateway_data_age_seconds", "How long ago the last complete reading began; none: never.")
    allowed = _family("gateway_allowed_age_seconds", "From which age on what is known is old.")
    state = _family("gateway_state", "1 for the state that the gateway is in.", "state")
    for gateway in gateways:
        name = [gateway.name]
        enabled.add_metric(name, gateway.is_enabled)
        seconds = age_of(gateway, now)
        if seconds is not None:
            age.add_metric(name, seconds.total_seconds())
        allowed.add_metric(name, allowed_age(gateway).total_seconds())
        found = state_of(gateway, now)
        for one in State:
            state.add_metric([*name, one.value], one is found)
    yield from (enabled, age, allowed, state)


def _trouble(gateways: list[WhmcsGateway], now: datetime) -> Iterator[Metric]:
    failures = _family("gateway_failures_in_a_row", "How many readings in a row have failed.")
    budget = _family("gateway_call_budget", f"How many calls may still fail, of {RESERVE:g}; under 1: none is made.")
    clock = _family("gateway_clock_difference_seconds", "The clock of WHMCS minus ours.")
    for gateway in gateways:
        name = [gateway.name]
        failures.add_metric(name, gateway.failures_in_a_row)
        budget.add_metric(name, calls_left(gateway, now))
        if gateway.clock_difference is not None:
            clock.add_metric(name, gateway.clock_difference)
    yield from (failures, budget, clock)


def _last_runs(runs: list[tuple[str, SyncRun]]) -> Iterator[Metric]:
    outcome = _family("last_run_outcome", "1 for the outcome of the last run that the clock began.", "outcome")
    started = _family("last_run_started_timestamp_seconds", "When that run began.")
    took = _family("last_run_duration_seconds", "How long that run took.")
    phases = _family("last_run_phase_seconds", "How long each of its phases took.", "phase")
    services = _family("last_run_services", "What it did with the services that it saw.", "result")
    calls = _family("last_run_api_calls", "How many calls to WHMCS it made.")
    for name, run in runs:
        for one in _OUTCOMES:
            outcome.add_metric([name, one], one == run.outcome)
        started.add_metric([name], run.started_at.timestamp())
        if run.finished_at is not None:
            took.add_metric([name], (run.finished_at - run.started_at).total_seconds())
        for phase, seconds in run.seconds.items():
            phases.add_metric([name, phase], seconds)
        for result in _COUNTS:
            services.add_metric([name, result], getattr(run, result))
        calls.add_metric([name], run.api_calls)
    yield from (outcome, started, took, phases, services, calls)


def _family(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"ticketz_{name}", text, labels=["gateway", *labels])
