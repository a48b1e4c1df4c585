"""What is measured, each in a process of its own. Every case gets the server's address and gives back plain numbers."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from bench import naive
from bench.crowd import fill_crowd
from bench.doors.turns import knock_by_turns
from bench.fill import create_gateway, fill
from bench.floor import PAGE, hash_everything, read_everything
from bench.measure import Cost, cost_of, counting_queries, median, peak_mib
from bench.views import VIEWS, open_page
from bench.visitor import visiting
from bench.watched import Watched
from bench.world import World, client_of, email_of, password_of
from billing import tasks
from billing.models import HeldChanges, SyncRun, WhmcsGateway
from billing.runs.progress import duration_of
from billing.steps.run.progress import Watch
from billing.sync import sync_gateway
from companies.models import Company, Membership, Role, User

Figures = dict[str, float]
HASHED_ALONE = 1_000


def fill_database(server: str, *, services: int) -> Figures:
    """Tables, gateway and rows for the cases that follow on this database."""
    world = World(services)
    fill(create_gateway(server + world.path), world)
    return {}


def memory(server: str, *, services: int) -> Figures:
    """How far the peak of memory grows in one run over unchanged services; the process must be a fresh one."""
    idle = peak_mib()
    _run(server, World(services), unchanged=services)
    return {"growth_mib": peak_mib() - idle}


def unchanged(server: str, *, services: int, rounds: int) -> Figures:
    """A run that finds nothing new, next to only fetching and decoding the same pages."""
    world = World(services)
    _run(server, world, unchanged=services)
    floors, runs = [], []
    for _ in range(rounds):
        floors.append(cost_of(lambda: read_everything(server + world.path)))
        runs.append(cost_of(lambda: _run(server, world, unchanged=services)))
    with counting_queries() as statements:
        _run(server, world, unchanged=services)
    pages = -(-services // PAGE)
    return _figures("floor", median(floors)) | _figures("run", median(runs)) | {"queries": len(statements) / pages}


def changed(server: str, *, services: int, rounds: int) -> Figures:
    """Runs that find moved due dates, of 1 % and of all services, next to runs that find nothing new."""
    few = services // 100
    costs: dict[str, list[Cost]] = {"none": [], "few": [], "all": []}
    world = World(services)
    for day in range(1, rounds + 1):
        costs["none"].append(_cost_of_run(server, world, unchanged=services))
        world = World(services, moved=1, days=day)
        costs["few"].append(_cost_of_run(server, world, unchanged=services - few, changed=few))
    for day in range(rounds + 1, 2 * rounds + 1):
        world = World(services, moved=100, days=day)
        costs["all"].append(_cost_of_run(server, world, changed=services))
        costs["none"].append(_cost_of_run(server, world, unchanged=services))
    return {key: value for name, some in costs.items() for key, value in _figures(name, median(some)).items()}


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
        "run": cost_of(lambda: _run(server, world, unchanged=services)),
        "all": cost_of(lambda: _run(server, moved, changed=services)),
    }
    return {key: value for name, cost in costs.items() for key, value in _figures(name, cost).items()}


def pages(server: str, *, services: int) -> Figures:
    """How long a customer waits, who signs in and opens the overview over and over while all due dates move."""
    world = World(services, moved=100, days=200)
    read_everything(server + world.path)
    with visiting() as visit:
        _run(server, world, changed=services)
    return visit.figures


def naive_loop(server: str, *, services: int) -> Figures:
    """The usual script over services of which none has changed."""
    _point_gateway_to(server + World(services).path)
    gateway = WhmcsGateway.objects.get()
    return _figures("naive", cost_of(lambda: naive.sync(gateway)))


def first_import(server: str, *, customers: int, rounds: int, wait_ms: int, page_ms: int) -> Figures:
    """New customers only, next to only hashing as many passwords on all cores. Begins with empty tables.

    With `page_ms` each row of a page takes a millisecond more.
    """
    create_gateway(server)
    imports, floors = [], []
    for done in range(0, customers * rounds, customers):
        passwords = [password_of(number) for number in range(done + 1, done + customers + 1)]
        floors.append(cost_of(lambda batch=passwords: hash_everything(batch)))  # type: ignore[misc]
        world = World(done + customers, wait_ms=wait_ms, page_ms=page_ms, row_ms=1 if page_ms else 0)
        _say_yes_to_first_import(customers, seen=done + customers)
        imports.append(_cost_of_run(server, world, created=customers, unchanged=done))
    return _figures("hashing", median(floors)) | _figures("import", median(imports))


def watched_import(server: str, *, customers: int, wait_ms: int, page_ms: int) -> Figures:
    """One first import into empty tables, next to hashing alone: with its memory, and what it said about its end.

    Of a large one not all is hashed alone: a part before and a part after it, scaled up.
    """
    create_gateway(server)
    passwords = [password_of(number) for number in range(1, min(customers, HASHED_ALONE) + 1)]
    floors = [cost_of(lambda: hash_everything(passwords))]
    before, watched = peak_mib(), Watched()
    world = World(customers, wait_ms=wait_ms, page_ms=page_ms, row_ms=1 if page_ms else 0)
    _say_yes_to_first_import(customers, seen=customers)
    imported = _cost_of_run(server, world, watched, created=customers)
    growth = {"growth_mib": peak_mib() - before}
    said = watched.figures()
    floors.append(cost_of(lambda: hash_everything(passwords)))
    scaled = [Cost(*(seconds * customers / len(passwords) for seconds in floor)) for floor in floors]
    return _figures("hashing", median(scaled)) | _figures("import", imported) | growth | said


def owners(server: str, *, companies: int) -> Figures:
    """Companies, each with an owner who signs in with `password_of` the first service."""
    world = World(companies)
    fill(create_gateway("http://127.0.0.1:1" + world.path), world)
    encoded = make_password(password_of(1))
    people = [User(email=email_of(client_of(i)), password=encoded) for i in range(1, companies + 1)]
    people = User.objects.bulk_create(people)
    pairs = zip(people, Company.objects.order_by("pk"), strict=True)
    Membership.objects.bulk_create([Membership(user=user, company=company, role=Role.OWNER) for user, company in pairs])
    return {}


def import_by_workers(server: str, *, customers: int, wait_ms: int) -> Figures:
    """A first import that Celery workers do, from the message to its end: in seconds."""
    world = World(customers, wait_ms=wait_ms)
    gateway = create_gateway(server + world.path)
    _say_yes_to_first_import(customers, seen=customers)
    read_everything(server + world.path)
    tasks.sync_gateway.delay(gateway.pk, SyncRun.Trigger.COMMAND.value)
    while not SyncRun.objects.exclude(outcome=SyncRun.Outcome.RUNNING).exists():
        time.sleep(0.2)
    run = SyncRun.objects.get()
    took = duration_of(run)
    done = (run.outcome, run.created, Company.objects.count())
    if took is None or done != (SyncRun.Outcome.COMPLETE, customers, customers):
        raise RuntimeError(f"The run was {run.outcome} ({run.error}) and created {run.created} of {customers}.")
    return {"seconds": took.total_seconds()}


def lists(server: str, *, companies: int) -> Figures:
    """Each list of the administration with so many companies: queries, and seconds (the fastest of five)."""
    gateway = fill_crowd(companies)
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_superuser("operator@example.com"))
    oldest = {
        "companies/company": Company.objects.earliest("pk").pk,
        "billing/syncrun": gateway.runs.earliest("pk").pk,
        "billing/whmcsgateway": gateway.pk,
    }
    figures: Figures = {}
    for view in VIEWS:
        table, _, query = view.partition("/PK/")
        path = f"/admin/{table}/{oldest[table]}/{query}" if query else f"/admin/{view}"
        open_page(client, path)
        with counting_queries() as statements:
            open_page(client, path)
        fastest = min(cost_of(lambda path=path: open_page(client, path)).wall for _ in range(5))  # type: ignore[misc]
        figures |= {f"{view} queries": len(statements), f"{view} wall": fastest}
    return figures


CASES: dict[str, Callable[..., Figures]] = {
    "doors": lambda server, *, rounds: knock_by_turns(rounds),
    "fill": fill_database,
    "memory": memory,
    "unchanged": unchanged,
    "changed": changed,
    "slow_host": slow_host,
    "pages": pages,
    "naive": naive_loop,
    "first_import": first_import,
    "watched_import": watched_import,
    "import_by_workers": import_by_workers,
    "lists": lists,
    "owners": owners,
}


def _cost_of_run(server: str, world: World, watch: Watch | None = None, **counts: int) -> Cost:
    read_everything(server + world.path)  # so that the server has rendered the rows before the clock starts
    return cost_of(lambda: _run(server, world, watch, **counts))


def _run(server: str, world: World, watch: Watch | None = None, **counts: int) -> None:
    """One sync. It has to find and do exactly what `counts` says: a fast run that does not work is no figure."""
    _point_gateway_to(server + world.path)
    run = sync_gateway(WhmcsGateway.objects.get(), trigger=SyncRun.Trigger.COMMAND, watch=watch)
    expected = {"created": 0, "changed": 0, "unchanged": 0, "held": 0, "failed": 0} | counts
    found = {name: getattr(run, name) for name in expected}
    if run.outcome != SyncRun.Outcome.COMPLETE or found != expected:
        raise RuntimeError(f"The run was {run.outcome} ({run.error}), found {found} instead of {expected}.")


def _say_yes_to_first_import(customers: int, *, seen: int) -> None:
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


def _point_gateway_to(base_url: str) -> None:
    WhmcsGateway.objects.update(base_url=base_url)


def _figures(name: str, cost: Cost) -> Figures:
    return {f"{name}_cpu": cost.cpu, f"{name}_wall": cost.wall}
