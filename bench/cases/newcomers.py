"""First imports."""

import time

from bench.cases.runs import Figures, cost_of_run, figures_of, say_yes_to_first_import
from bench.fill import create_gateway
from bench.floor import hash_everything, read_everything
from bench.measure import Cost, cost_of, median, peak_mib
from bench.watched import Watched
from bench.world import World, password_of
from billing import tasks
from billing.models import SyncRun
from billing.runs.progress import duration_of
from companies.models import Company

HASHED_ALONE = 1_000


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
        say_yes_to_first_import(customers, seen=done + customers)
        imports.append(cost_of_run(server, world, created=customers, unchanged=done))
    return figures_of("hashing", median(floors)) | figures_of("import", median(imports))


def watched_import(server: str, *, customers: int, wait_ms: int, page_ms: int) -> Figures:
    """One first import into empty tables, next to hashing alone: with its memory, and what it said about its end.

    Of a large one not all is hashed alone: a part before and a part after it, scaled up.
    """
    create_gateway(server)
    passwords = [password_of(number) for number in range(1, min(customers, HASHED_ALONE) + 1)]
    floors = [cost_of(lambda: hash_everything(passwords))]
    before, watched = peak_mib(), Watched()
    world = World(customers, wait_ms=wait_ms, page_ms=page_ms, row_ms=1 if page_ms else 0)
    say_yes_to_first_import(customers, seen=customers)
    imported = cost_of_run(server, world, watched, created=customers)
    growth = {"growth_mib": peak_mib() - before}
    said = watched.figures()
    floors.append(cost_of(lambda: hash_everything(passwords)))
    scaled = [Cost(*(seconds * customers / len(passwords) for seconds in floor)) for floor in floors]
    return figures_of("hashing", median(scaled)) | figures_of("import", imported) | growth | said


def import_by_workers(server: str, *, customers: int, wait_ms: int) -> Figures:
    """A first import that Celery workers do, from the message to its end: in seconds."""
    world = World(customers, wait_ms=wait_ms)
    gateway = create_gateway(server + world.path)
    say_yes_to_first_import(customers, seen=customers)
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
