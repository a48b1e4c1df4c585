"""Something happens at the nth step of what a process does with its database.

A step is the moment before a statement (BEGIN and SAVEPOINT are statements too), before a COMMIT and after it.
What happens between two statements, such as a call to WHMCS, is the same to the database as the later one's step.
To the process it is not: it has threads at work and sockets open. So calls have steps of their own (`calling`).
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock
from types import SimpleNamespace
from typing import Any, Protocol
from unittest.mock import patch

from django.db import OperationalError, connection

from billing.steps.run import batching, out_of_turn, progress
from billing.whmcs.transport import Answer, Transport

Act = Callable[[], None]
BEFORE_COMMIT = "before COMMIT"
WRITES_NOTHING = ("SELECT", "BEGIN", "SAVEPOINT", "RELEASE", "after COMMIT")


@dataclass(slots=True)
class Steps:
    """The steps so far, each with what comes next; `outside` are the numbers of those outside of a transaction.

    `fresh` are the numbers of those at which there is something to lose that was not there a step ago: what was written
    just before is kept, or a transaction is about to be. Between two of them an end finds the same in the database.
    """

    act: Act
    at: int
    labels: list[str] = field(default_factory=list)
    outside: list[int] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)
    _keeps: bool = True
    _one_by_one: Lock = field(default_factory=Lock)

    def step(self, label: str) -> None:
        self.labels.append(" ".join(label.split())[:90])
        # Django has left the block, and the transaction is still open, when it commits.
        if (not connection.in_atomic_block or label.startswith("BEGIN")) and label != BEFORE_COMMIT:
            self.outside.append(len(self.labels))
        self._look_for_something_new(label)
        if len(self.labels) == self.at:
            self.act()

    def _look_for_something_new(self, label: str) -> None:
        if self._keeps or label == BEFORE_COMMIT:
            self.fresh.append(len(self.labels))
        is_outside = self.outside[-1:] == [len(self.labels)]
        # What is written outside of a transaction is kept at once.
        self._keeps = label == BEFORE_COMMIT or (is_outside and not label.startswith(WRITES_NOTHING))

    def around_call(self, fetch: Callable[..., Answer], transport: Transport, form: dict[str, str]) -> Answer:
        """Several threads make calls: which of them comes nth differs, how many there are does not."""
        with self._one_by_one:
            self.step(f"before {form['action']}")
        answer = fetch(transport, form)
        with self._one_by_one:
            self.step(f"after {form['action']}")
        return answer

    def before_statement(self, execute: Callable[..., Any], sql: str, *details: Any) -> Any:
        self.step(sql)
        return execute(sql, *details)


class Points(Protocol):
    """`acting` or `calling`."""

    def __call__(self, act: Act, *, at: int = 0) -> AbstractContextManager[Steps]: ...


@contextmanager
def in_no_time() -> Iterator[None]:
    """A run that takes long looks now and then at what else there is to do, and says how far it is.

    Within the block none takes any time, so that its steps are the same ones on a busy machine.
    """
    standing = SimpleNamespace(monotonic=lambda: 0.0)
    with ExitStack() as stack:
        for module in (out_of_turn, batching, progress):
            stack.enter_context(patch.object(module, "time", standing))
        yield


@contextmanager
def acting(act: Act, *, at: int = 0) -> Iterator[Steps]:
    """Within the block `act` happens at step `at` (from 1; 0: never)."""
    steps = Steps(act, at)
    database: Any = connection
    commit = database._commit

    def commit_in_two_steps() -> None:
        steps.step(BEFORE_COMMIT)
        commit()
        steps.step("after COMMIT")

    database._commit = commit_in_two_steps
    try:
        with in_no_time(), connection.execute_wrapper(steps.before_statement):
            yield steps
    finally:
        del database._commit


@contextmanager
def calling(act: Act, *, at: int = 0) -> Iterator[Steps]:
    """As `acting`; a step is the moment before a call to WHMCS leaves and the one after its answer has come."""
    steps, fetch = Steps(act, at), Transport.fetch
    with patch.object(Transport, "fetch", lambda transport, form: steps.around_call(fetch, transport, form)):
        yield steps


def kill() -> None:
    """End as a power cut does: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def freeze() -> None:
    """Stop until somebody wakes this process up."""
    os.kill(os.getpid(), signal.SIGSTOP)


def fail() -> None:
    """What Django raises where a connection breaks or a lock is not had in time."""
    raise OperationalError("made up by a test")


def cut() -> None:
    """End all connections to this database, this one last, as its server does when it is shut down. PostgreSQL only."""
    found = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() ORDER BY pid = pg_backend_pid()"
    with connection.cursor() as cursor, suppress(OperationalError):
        cursor.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM ({found}) AS found")  # noqa: S608 - no values in it
