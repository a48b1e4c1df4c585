"""A customer in a process of their own: `python -m bench.visitor` signs in and opens the overview until told to stop.

The way in goes through everything but the network and the hashing of the password, which is no matter of the database:
each visit writes a session and reads the overview.
"""

import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module

import django
from django.conf import settings

PAUSE = 0.05


@dataclass(slots=True)
class Visit:
    """Milliseconds, once it is over: `write` is signing in, `page` the overview."""

    figures: dict[str, float] = field(default_factory=dict)


@contextmanager
def visiting() -> Iterator[Visit]:
    """Have a customer visit for the length of the block."""
    visit = Visit()
    command = [sys.executable, "-m", "bench.visitor"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - for the type checker: PIPE makes them
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("The customer did not get in.")
        try:
            yield visit
        finally:
            process.stdin.close()
            answer = process.stdout.read()
    visit.figures = json.loads(answer)


def main() -> None:
    """Visit until standard input ends, and print the figures."""
    django.setup()
    from django.test import Client

    from bench.views import open_page
    from companies.models import Company, Membership, Role, User
    from ticketz.memory import spare_what_is_loaded

    # As `ticketz.wsgi` does: otherwise a page would wait until all that was loaded is looked through for garbage.
    import_module(settings.ROOT_URLCONF)
    spare_what_is_loaded()
    user = User.objects.create(email="visitor@example.com", name="Visitor")
    Membership.objects.create(user=user, company=Company.objects.earliest("pk"), role=Role.OWNER)

    def visit() -> tuple[float, float]:
        client = Client(SERVER_NAME="localhost")
        began = time.perf_counter()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        is_in = time.perf_counter()
        open_page(client, "/")
        return (is_in - began) * 1000, (time.perf_counter() - is_in) * 1000

    for _ in range(3):
        visit()
    print("ready", flush=True)
    stop = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    visits = []
    while not stop.is_set():
        visits.append(visit())
        time.sleep(PAUSE)
    writes, pages = zip(*visits, strict=True)
    figures = {"visits": float(len(visits))}
    for name, times in (("write", writes), ("page", pages)):
        figures |= {f"{name}_p95": _percentile(times), f"{name}_max": max(times)}
    print(json.dumps(figures))


def _percentile(times: tuple[float, ...]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


if __name__ == "__main__":
    main()
