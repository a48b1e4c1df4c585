"""Lets a long run end early when its worker is asked to shut down.

Only the worker's main process gets the signal, so it shares one byte of memory with the processes that it forks. A run
checks it between two steps; another worker does the rest later.
"""

from mmap import mmap

from celery.signals import worker_init, worker_shutting_down

_asked = mmap(-1, 1)


class AskedToEnd(Exception):
    """Not an error: the worker shuts down, and another one goes on."""


@worker_shutting_down.connect
def ask_to_end(**kwargs: object) -> None:
    """Ask the long runs of this worker to end soon."""
    _asked[0] = 1


@worker_init.connect
def forget(**kwargs: object) -> None:
    """Reset the flag, because a process may start several workers one after the other."""
    _asked[0] = 0


def ensure_may_go_on() -> None:
    """Raise AskedToEnd if the worker was asked to shut down."""
    if _asked[0]:
        raise AskedToEnd
