"""One run of the product as a measurement: it is pointed at a world, timed, and must have done what it should."""

from datetime import timedelta

from django.utils import timezone

from bench.floor import read_everything
from bench.measure import Cost, cost_of
from bench.world import World
from billing.models import HeldChanges, SyncRun, WhmcsGateway
from billing.steps.run.progress import Watch
from billing.sync import sync_gateway

Figures = dict[str, float]


def cost_of_run(server: str, world: World, watch: Watch | None = None, **counts: int) -> Cost:
    read_everything(server + world.path)  # so that the server has rendered the rows before the clock starts
    return cost_of(lambda: run_and_check(server, world, watch, **counts))


def run_and_check(server: str, world: World, watch: Watch | None = None, **counts: int) -> None:
    """One sync. It has to find and do exactly what `counts` says: a fast run that does not work is no figure."""
    point_gateway_to(server + world.path)
    run = sync_gateway(WhmcsGateway.objects.get(), trigger=SyncRun.Trigger.COMMAND, watch=watch)
    expected = {"created": 0, "changed": 0, "unchanged": 0, "held": 0, "failed": 0} | counts
    found = {name: getattr(run, name) for name in expected}
    if run.outcome != SyncRun.Outcome.COMPLETE or found != expected:
        raise RuntimeError(f"The run was {run.outcome} ({run.error}), found {found} instead of {expected}.")


def say_yes_to_first_import(customers: int, *, seen: int) -> None:
    """As an operator does who was shown the figures: so many are not created without asking."""
    WhmcsGateway.objects.update(confirmed_at=None)
    HeldChanges.objects.create(
        gateway=WhmcsGateway.objects.get(),
        kind=HeldChanges.Kind.FIRST_IMPORT,
        verdict=HeldChanges.Verdict.APPROVED,
        figures={"new": customers, "seen": seen},
        decided_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=1),
    )


def point_gateway_to(base_url: str) -> None:
    WhmcsGateway.objects.update(base_url=base_url)


def figures_of(name: str, cost: Cost) -> Figures:
    return {f"{name}_cpu": cost.cpu, f"{name}_wall": cost.wall}
