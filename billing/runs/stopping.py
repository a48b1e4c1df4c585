"""Whether this worker was asked to end, so that a long run ends early.

Only the worker gets the signal, so it shares one byte of memory with the processes that it forks. A run looks at it
between two steps; what is left to do, the next worker does.
"""

from mmap import mmap

from celery.signals import worker_init, worker_shutting_down

_asked = mmap(-1, 1)


class AskedToEnd(Exception):
    """Not an error: the worker ends, and somebody else goes on."""


@worker_shutting_down.connect
def ask_to_end(**kwargs: object) -> None:
    """Have the long runs of this worker end soon."""
    _asked[0] = 1


@worker_init.connect
def forget(**kwargs: object) -> None:
    """Begin anew: a process may start several workers one after the other."""
    _asked[0] = 0


def ensure_may_go_on() -> None:
    """Raises AskedToEnd in a worker that was asked to end."""
    if _asked[0]:
        raise AskedToEnd
