"""A question that may hang, asked in a thread of its own: whoever asks is never kept waiting by it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from django.db import connections

T = TypeVar("T")
# What was asked on a connection that broke without a word may never be answered.
GIVEN_UP_AFTER = 30.0


class Shared(Generic[T]):
    """The answer of `work`, which at most one thread at a time looks for; those who ask meanwhile wait for that one.

    A database that hangs therefore holds up one thread of each process, and one more each half minute, however often
    monitoring asks. An answer serves for `fresh_for` seconds. Connections to databases that `work` opened are closed
    behind it.
    """

    def __init__(self, work: Callable[[], T], *, fresh_for: float = 0.0) -> None:
        self._work, self._fresh_for = work, fresh_for
        self._lock = threading.Lock()
        self._answer: Future[T] | None = None
        self._good_until = 0.0
        self._asked_at = 0.0

    def get(self, *, within: float) -> T:
        """The answer. Raises TimeoutError where it takes longer than `within` seconds, else whatever `work` raised."""
        return self.ask().result(within)

    def ask(self) -> Future[T]:
        """The answer as far as it is there: for who has several questions, and waits for all of them together."""
        with self._lock:
            now, answer = time.monotonic(), self._answer
            if answer is None or now >= (self._good_until if answer.done() else self._asked_at + GIVEN_UP_AFTER):
                answer, self._asked_at = Future(), now
                self._answer = answer
                threading.Thread(target=self._find, args=(answer,), name="monitoring", daemon=True).start()
            return answer

    def forget(self) -> None:
        """Look anew at the next question."""
        with self._lock:
            self._answer = None

    def _find(self, answer: Future[T]) -> None:
        try:
            found = self._work()
        except Exception as error:
            self._keep(answer, 0.0)
            answer.set_exception(error)
        else:
            self._keep(answer, time.monotonic() + self._fresh_for)
            answer.set_result(found)
        finally:
            connections.close_all()

    def _keep(self, answer: Future[T], until: float) -> None:
        with self._lock:
            if answer is self._answer:  # else it came too late, and another one is waited for
                self._good_until = until
