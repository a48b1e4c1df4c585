"""Runs a check that may hang in its own thread, with a timeout for its callers."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from django.db import connections

T = TypeVar("T")
# A check on a silently broken connection may never return.
GIVEN_UP_AFTER = 30.0


class Shared(Generic[T]):
    """The result of `work`, computed by at most one thread at a time. Concurrent callers share it.

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
        """The result. Raises TimeoutError after `within` seconds, or whatever `work` raised."""
        return self.ask().result(within)

    def ask(self) -> Future[T]:
        """The future of the result, for a caller that waits for several checks together."""
        with self._lock:
            now, answer = time.monotonic(), self._answer
            if answer is None or now >= (self._good_until if answer.done() else self._asked_at + GIVEN_UP_AFTER):
                answer, self._asked_at = Future(), now
                self._answer = answer
                threading.Thread(target=self._find, args=(answer,), name="monitoring", daemon=True).start()
            return answer

    def forget(self) -> None:
        """Compute again at the next call."""
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
