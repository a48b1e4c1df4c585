"""`python -m bench.workers`: a first import by one Celery worker and by two, each of them pinned to one core.

Needs `BENCH_DATABASE_URL` (PostgreSQL) and `BENCH_REDIS_URL`, a Redis number that may be emptied.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from redis import Redis

from bench.case import environment_of, run_case
from bench.databases import postgresql_database
from bench.server import running_server

CELERY = (sys.executable, "-m", "celery", "-q", "-A", "ticketz", "worker", "--pool", "solo", "-l", "ERROR")


def main() -> None:
    """Measure both in turns, and print seconds and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m bench.workers", description=__doc__)
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--wait-ms", type=int, default=50)
    options = parser.parse_args()
    seconds: dict[int, list[float]] = {1: [], 2: []}
    with running_server() as server:
        for _ in range(options.rounds):
            for workers in seconds:
                took = _measure(server, workers, options.customers, options.wait_ms)
                print(f"{workers} worker(s): {took:.1f} s", flush=True)
                seconds[workers].append(took)
    one, two = median(seconds[1]), median(seconds[2])
    print(
        f"{options.customers} customers: {one:.1f} s by one worker, {two:.1f} s by two: {one / two:.2f} times as fast"
    )


def _measure(server: str, workers: int, customers: int, wait_ms: int) -> float:
    redis_url = os.environ["BENCH_REDIS_URL"]
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
    with postgresql_database(os.environ["BENCH_DATABASE_URL"]) as url, _running(workers, url, redis_url):
        figures = run_case("import_by_workers", url, server, redis_url, customers=customers, wait_ms=wait_ms)
    return figures["seconds"]


@contextmanager
def _running(workers: int, database_url: str, redis_url: str) -> Iterator[None]:
    """So many workers, each on a core of its own, for the length of the block."""
    cores = sorted(os.sched_getaffinity(0))
    processes = []
    with tempfile.TemporaryDirectory(prefix="ticketz-bench-") as folder:
        environment = environment_of(database_url, folder, redis_url)
        try:
            for number in range(workers):
                command = ("taskset", "-c", str(cores[number % len(cores)]), *CELERY, "-n", f"bench{number}@%h")
                processes.append(subprocess.Popen(command, env=environment))
            yield
        finally:
            for process in processes:
                process.kill()
                process.wait()


if __name__ == "__main__":
    main()
