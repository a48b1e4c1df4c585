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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module

import django
from django.conf import settings

PAUSE = 0.05
Times = tuple[float, float]  # milliseconds to sign in, and for the overview


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
    from ticketz.memory import spare_what_is_loaded

    # As `ticketz.wsgi` does: otherwise a page would wait until all that was loaded is looked through for garbage.
    import_module(settings.ROOT_URLCONF)
    spare_what_is_loaded()
    visit = _customer()
    for _ in range(3):
        visit()
    print("ready", flush=True)
    is_over = _end_of_input()
    visits = []
    while not is_over():
        visits.append(visit())
        time.sleep(PAUSE)
    print(json.dumps(_figures(visits)))


def _customer() -> Callable[[], Times]:
    """A visit of somebody who belongs to a company."""
    from django.test import Client

    from bench.views import open_page
    from companies.models import Company, Membership, Role, User

    user = User.objects.create(email="visitor@example.com", name="Visitor")
    Membership.objects.create(user=user, company=Company.objects.earliest("pk"), role=Role.OWNER)

    def visit() -> Times:
        client = Client(SERVER_NAME="localhost")
        began = time.perf_counter()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        is_in = time.perf_counter()
        open_page(client, "/")
        return (is_in - began) * 1000, (time.perf_counter() - is_in) * 1000

    return visit


def _end_of_input() -> Callable[[], bool]:
    """Whether standard input has ended, which a thread waits for."""
    ended = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    return ended.is_set


def _figures(visits: Sequence[Times]) -> dict[str, float]:
    figures = {"visits": float(len(visits))}
    for name, times in zip(("write", "page"), zip(*visits, strict=True), strict=True):
        figures |= {f"{name}_p95": _percentile(times), f"{name}_max": max(times)}
    return figures


def _percentile(times: tuple[float, ...]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


if __name__ == "__main__":
    main()
