"""A fair semaphore with a bounded queue: few at a time, first come, first served. Plain Python."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Busy(Exception):
    """The queue is full, or the wait was too long. Nothing was done, and a retry is fine."""


class Turns:
    """At most `at_once` threads have a turn; at most `most_waiting` more wait, each up to `timeout` seconds."""

    def __init__(self, *, at_once: int, most_waiting: int, timeout: float) -> None:
        self.at_once, self.most_waiting, self.timeout = at_once, most_waiting, timeout
        self._lock = threading.Lock()
        self._free = at_once
        self._line: deque[threading.Event] = deque()

    @contextmanager
    def turn(self, *, goes_on: bool = False) -> Iterator[None]:
        """Wait for a turn, which lasts as long as the block. Raises Busy.

        With `goes_on` (the thread had a turn before and continues) it is never turned away, and comes next.
        """
        self._take(goes_on)
        try:
            yield
        finally:
            self._hand_on()

    @property
    def waiting(self) -> int:
        """How many threads wait."""
        return len(self._line)

    @property
    def is_full(self) -> bool:
        """Whether a newcomer would be turned away."""
        return not self._free and self.waiting >= self.most_waiting

    def _take(self, goes_on: bool) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            if not goes_on and self.is_full:
                raise Busy
            called = threading.Event()
            (self._line.appendleft if goes_on else self._line.append)(called)
        if not called.wait(None if goes_on else self.timeout):
            self._leave(called)

    def _leave(self, called: threading.Event) -> None:
        """Leave the queue and raise Busy, unless the turn came at the last moment."""
        with self._lock:
            if not called.is_set():
                self._line.remove(called)
                raise Busy

    def _hand_on(self) -> None:
        """Pass the turn to the first in the queue, so that no newcomer is served before."""
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1
