"""Runs over services that are known: none has changed, some have, all have."""

from dataclasses import replace

from bench import naive
from bench.cases.runs import Figures, cost_of_run, figures_of, point_gateway_to, run_and_check
from bench.fill import create_gateway, fill
from bench.floor import PAGE, read_everything
from bench.measure import Cost, cost_of, counting_queries, median, peak_mib
from bench.visitor import visiting
from bench.world import World
from billing.models import WhmcsGateway


def fill_database(server: str, *, services: int) -> Figures:
    """Tables, gateway and rows for the cases that follow on this database."""
    world = World(services)
    fill(create_gateway(server + world.path), world)
    return {}


def memory(server: str, *, services: int) -> Figures:
    """How far the peak of memory grows in one run over unchanged services; the process must be a fresh one."""
    idle = peak_mib()
    run_and_check(server, World(services), unchanged=services)
    return {"growth_mib": peak_mib() - idle}


def unchanged(server: str, *, services: int, rounds: int) -> Figures:
    """A run that finds nothing new, next to only fetching and decoding the same pages."""
    world = World(services)
    run_and_check(server, world, unchanged=services)
    floors, runs = [], []
    for _ in range(rounds):
        floors.append(cost_of(lambda: read_everything(server + world.path)))
        runs.append(cost_of(lambda: run_and_check(server, world, unchanged=services)))
    with counting_queries() as statements:
        run_and_check(server, world, unchanged=services)
    pages = -(-services // PAGE)
    return figures_of("floor", median(floors)) | figures_of("run", median(runs)) | {"queries": len(statements) / pages}


def changed(server: str, *, services: int, rounds: int) -> Figures:
    """Runs that find moved due dates, of 1 % and of all services, next to runs that find nothing new."""
    few = services // 100
    costs: dict[str, list[Cost]] = {"none": [], "few": [], "all": []}
    world = World(services)
    for day in range(1, rounds + 1):
        costs["none"].append(cost_of_run(server, world, unchanged=services))
        world = World(services, moved=1, days=day)
        costs["few"].append(cost_of_run(server, world, unchanged=services - few, changed=few))
    for day in range(rounds + 1, 2 * rounds + 1):
        world = World(services, moved=100, days=day)
        costs["all"].append(cost_of_run(server, world, changed=services))
        costs["none"].append(cost_of_run(server, world, unchanged=services))
    return {key: value for name, some in costs.items() for key, value in figures_of(name, median(some)).items()}


def slow_host(server: str, *, services: int, page_ms: int) -> Figures:
    """Runs over the services of a host like PHP on rented space, next to one page after the other by hand.

    None has changed in the first run, all in the second.
    """
    world, moved = World(services), World(services, moved=100, days=1)
    for fast in (world, moved):
        read_everything(server + fast.path)  # so that the server has rendered the rows
    world, moved = replace(world, page_ms=page_ms, row_ms=1), replace(moved, page_ms=page_ms, row_ms=1)
    costs = {
        "floor": cost_of(lambda: read_everything(server + world.path)),
        "run": cost_of(lambda: run_and_check(server, world, unchanged=services)),
        "all": cost_of(lambda: run_and_check(server, moved, changed=services)),
    }
    return {key: value for name, cost in costs.items() for key, value in figures_of(name, cost).items()}


def pages(server: str, *, services: int) -> Figures:
    """How long a customer waits, who signs in and opens the overview over and over while all due dates move."""
    world = World(services, moved=100, days=200)
    read_everything(server + world.path)
    with visiting() as visit:
        run_and_check(server, world, changed=services)
    return visit.figures


def naive_loop(server: str, *, services: int) -> Figures:
    """The usual script over services of which none has changed."""
    point_gateway_to(server + World(services).path)
    gateway = WhmcsGateway.objects.get()
    return figures_of("naive", cost_of(lambda: naive.sync(gateway)))
