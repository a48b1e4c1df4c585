"""What a piece of work costs this process: CPU and wall seconds, memory, queries."""

import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection

_BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024


class Cost(NamedTuple):
    """Seconds. `cpu` is that of all threads of this process, and of no other."""

    cpu: float
    wall: float


def cost_of(work: Callable[[], object]) -> Cost:
    """What one call of `work` costs."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Cost(time.process_time() - cpu, time.perf_counter() - wall)


def median(costs: Iterable[Cost]) -> Cost:
    """The median of each."""
    cpus, walls = zip(*costs, strict=True)
    return Cost(statistics.median(cpus), statistics.median(walls))


def peak_mib() -> float:
    """The most memory that this process ever held at a time, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _BYTES_PER_UNIT / 2**20


@contextmanager
def counting_queries() -> Iterator[list[str]]:
    """The statements that the block sends to the database."""
    statements: list[str] = []

    def note(execute: Callable[..., object], statement: str, *args: object) -> object:
        statements.append(statement)
        return execute(statement, *args)

    with connection.execute_wrapper(note):
        yield statements
