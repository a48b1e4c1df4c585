"""Work done in real processes, forked from this one so that Django is warm already."""

import gc
import os
import pickle
import signal
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar

from django.db import connections

T = TypeVar("T")
Item = TypeVar("Item")


class ChildFailedError(AssertionError):
    """A child raised; the text is its traceback."""


@dataclass(slots=True)
class Child(Generic[T]):
    """A process at work; `join` waits for it."""

    pid: int
    answers: int

    def join(self) -> tuple[int, T | None]:
        """How it ended (a negative number is the signal that killed it), and what it returned if it got that far."""
        with os.fdopen(self.answers, "rb") as pipe:
            answer = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        if status == 1:
            raise ChildFailedError(pickle.loads(answer))  # noqa: S301 - written by our own child
        return status, pickle.loads(answer) if answer else None  # noqa: S301

    def wait_until_stopped(self) -> bool:
        """Wait for a SIGSTOP. False where the process ended instead; `join` can't be used then."""
        return os.WIFSTOPPED(os.waitpid(self.pid, os.WUNTRACED)[1])

    def wake(self) -> None:
        os.kill(self.pid, signal.SIGCONT)


def start(work: Callable[[], T]) -> Child[T]:
    """Fork a child that does `work`. No connection to a database crosses the fork."""
    connections.close_all()
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Newer Pythons warn because the stand-in for WHMCS has a thread here. The child does not touch it.
        warnings.simplefilter("ignore")
        pid = os.fork()
    if pid == 0:
        os.close(reading)
        gc.disable()  # it would touch, and so copy, every page that is still shared
        _work_and_exit(work, writing)
    os.close(writing)
    return Child(pid, reading)


def run(work: Callable[[], T]) -> T:
    """Do `work` in a process of its own and return its result."""
    status, result = start(work).join()
    if status:
        raise ChildFailedError(f"ended with {status}")
    return result  # type: ignore[return-value]  # a child that ended well has answered


def run_each(work: Callable[[Item, int], T], items: Sequence[Item], *, jobs: int = os.cpu_count() or 2) -> list[T]:
    """`work` on each item and the number of the process, of which there are `jobs`; results in the items' order."""

    def share(number: int) -> Callable[[], list[T]]:
        return lambda: [work(item, number) for item in items[number::jobs]]

    children = [start(share(number)) for number in range(jobs)]
    shares = [child.join()[1] or [] for child in children]
    return [shares[number % jobs][number // jobs] for number in range(len(items))]


def _work_and_exit(work: Callable[[], object], writing: int) -> NoReturn:
    """`os._exit` in any case: what belongs to the parent (pytest's hooks, above all) must not run twice."""
    status = 1
    try:
        with os.fdopen(writing, "wb") as pipe:
            try:
                pickle.dump(work(), pipe)
                status = 0
            except BaseException:
                pickle.dump(traceback.format_exc(), pipe)
    finally:
        os._exit(status)
