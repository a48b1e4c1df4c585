"""Whether this worker was asked to end, for whatever takes long.

One byte of memory that a worker shares with the processes it forks: only the worker itself gets the signal. What is
going on in a run then ends at its next pause, and the worker of the next version, or the next one of this, goes on.
"""

from mmap import mmap

from celery.signals import worker_init, worker_shutting_down

_asked = mmap(-1, 1)


class AskedToEnd(Exception):
    """Not an error: the worker ends, and somebody else goes on."""


@worker_shutting_down.connect
def ask_to_end(**kwargs: object) -> None:
    """Have everything that takes long in this worker end soon."""
    _asked[0] = 1


@worker_init.connect
def forget(**kwargs: object) -> None:
    """Begin anew: a process may start several workers one after the other."""
    _asked[0] = 0


def ensure_may_go_on() -> None:
    """Raises AskedToEnd in a worker that was asked to end."""
    if _asked[0]:
        raise AskedToEnd
