"""`python -m bench.signins`: a thousand sign-ins in a minute, while others look at pages.

By the real server with two workers, with passwords taking turns (`companies.authentication.hashing_turns`) and without.
In one kind of minute people come one after the other, in the other kind in crowds, as when work begins. One in five
types a wrong password; who is turned away tries again when the page says so. Times are those that a browser sees:
compare them within a table only.
"""

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from bench.__main__ import databases
from bench.browser import Browser
from bench.case import environment_of, run_case
from bench.goals import table
from bench.world import client_of, email_of, password_of

WORKERS, LOOKERS, PAGES_PER_SECOND = 2, 10, 10
KINDS = {"one after the other": 1, "in crowds of 100": 100}
HEADER = (
    "", "pages p50 ms", "pages p95", "pages most", "signed in p50 ms", "signed in p95", "signed in most", "turned away",
    "served",
)  # fmt: skip


class Served(NamedTuple):
    """How a sign-in went: seconds until it was answered with yes or no, how often it was turned away, and which."""

    seconds: float
    turned_away: int
    is_as_expected: bool


def main() -> None:
    """Measure both kinds of a minute with and without turns, on each database."""
    parser = argparse.ArgumentParser(prog="python -m bench.signins", description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    for name, make_database in databases():
        rows: list[tuple[str, ...]] = [HEADER]
        for kind, crowd in KINDS.items():
            for turns, application in (("with turns", "ticketz.wsgi"), ("without", "bench.ungated")):
                with make_database() as url, running_site(url, application, options.people) as port:
                    rows.append((f"{kind}, {turns}", *_minute(port, options.people, options.seconds, crowd)))
        print(f"{name}, {options.people:,} sign-ins in {options.seconds} s:\n\n{table(rows)}\n", flush=True)


@contextmanager
def running_site(url: str, application: str, people: int) -> Iterator[int]:
    """The real server with so many people in its database; yields its port."""
    run_case("owners", url, "", companies=people + LOOKERS)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="ticketz-bench-") as folder:
        place = ("--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--log-level", "critical")
        environment = environment_of(url, folder) | {"TRUSTED_PROXY_COUNT": "1", "LOG_LEVEL": "CRITICAL"}
        with subprocess.Popen([sys.executable, "-m", "gunicorn", application, *place], env=environment) as server:
            try:
                _wait_for(port)
                yield port
            finally:
                server.terminate()


def _minute(port: int, people: int, seconds: int, crowd: int) -> tuple[str, ...]:
    lookers = [Browser(port, f"10.1.0.{n}") for n in range(LOOKERS)]
    for n, looker in enumerate(lookers):
        looker.sign_in(email_of(client_of(people + n + 1)), password_of(1))
    began = time.perf_counter()
    with ThreadPoolExecutor(2 * LOOKERS) as looking, ThreadPoolExecutor(300) as signing_in:
        pages = [
            looking.submit(_look, lookers[n % LOOKERS], began + n / PAGES_PER_SECOND)
            for n in range(seconds * PAGES_PER_SECOND)
        ]
        served = [
            signing_in.submit(_sign_in, port, n, began + n // crowd * crowd * seconds / people) for n in range(people)
        ]
        return _figures([page.result() for page in pages], [one.result() for one in served])


def _look(browser: Browser, when: float) -> float:
    """Open a page at that time; returns how late it was there, in seconds."""
    _sleep_until(when)
    answer = browser.get("/")
    if answer.status != 200:
        raise RuntimeError(f"A page answered {answer.status}.")
    return time.perf_counter() - when


def _sign_in(port: int, n: int, when: float) -> Served:
    browser, is_right = Browser(port, f"10.{2 + n // 250}.{n % 250}.1"), n % 5 != 0
    _sleep_until(when)
    password = password_of(1) if is_right else "something else"
    for turned_away in range(100):
        answer = browser.sign_in(email_of(client_of(n + 1)), password)
        if answer.status != 503:
            return Served(time.perf_counter() - when, turned_away, answer.status == (302 if is_right else 200))
        time.sleep(float(answer.headers["Retry-After"]) + n % 10 / 10)
    raise RuntimeError("Somebody was turned away a hundred times.")


def _figures(pages: Sequence[float], served: Sequence[Served]) -> tuple[str, ...]:
    waits = [one.seconds for one in served]
    times = [f"{1000 * value:,.0f}" for found in (pages, waits) for value in _percentiles(found)]
    as_expected = sum(one.is_as_expected for one in served)
    return (*times, str(sum(one.turned_away for one in served)), f"{as_expected} of {len(served)}")


def _percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    cuts = statistics.quantiles(values, n=20)
    return cuts[9], cuts[18], max(values)


def _sleep_until(when: float) -> None:
    time.sleep(max(when - time.perf_counter(), 0))


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("The server did not start.")


if __name__ == "__main__":
    main()
