"""Limits the calls in progress: as many as are needed, and as many as WHMCS answers without slowing down."""

import os
import time
from collections import deque
from collections.abc import Callable
from threading import Event, Lock
from typing import Final, TypeVar

T = TypeVar("T")

# The most calls at a time to one WHMCS, helpers included: PHP hosts have few workers, and the shop needs them too. With
# answers in 150 ms two cores need thirteen calls, so only a host that is slow without being busy gets all of them.
MOST_CALLS: Final = 32
FIRST_CALLS: Final = 4
# How many times slower than the best answer is still fine; beyond that, we make too many calls for the host.
TOLERANCE: Final = 1.8
# The most clients whose details are fetched or being fetched while their passwords are not hashed yet.
MOST_AHEAD: Final = 24 + 12 * len(os.sched_getaffinity(0))
# With this many clients fetched, the cores have enough to hash until the next ones arrive.
ENOUGH_READY: Final = 4 * len(os.sched_getaffinity(0))


class Pace:
    """Decides when a call may begin: first come, first served. Thread-safe.

    The limit starts low and grows by one with each good answer, until the first slow or failed one. After that each
    slow or failed answer lowers it, and each round of good answers raises it by one. It does not grow while enough is
    fetched already, and no call begins while `most_ahead` earlier ones are not used yet.
    """

    def __init__(self, *, most: int = MOST_CALLS, most_ahead: int = MOST_AHEAD) -> None:
        self.most = most
        self._most_ahead = most_ahead
        self._allowed = float(min(FIRST_CALLS, most))
        self._under_way = self._ahead = 0
        self._best = float("inf")
        self._usual = 0.0
        self._is_starting = True
        self._is_closed = False
        self._lock = Lock()
        self._waiting: deque[Event] = deque()

    @property
    def allowed(self) -> int:
        """How many calls may be in progress now."""
        return max(1, min(int(self._allowed), self.most))

    def call(self, fetch: Callable[[], T], is_good: Callable[[T], bool]) -> T | None:
        """Wait until a call may begin, then return what `fetch` returns; None after `close`.

        Each call counts as ahead from its beginning until `take_used`.
        """
        if not self._begin():
            return None
        began = time.monotonic()
        result = None
        try:
            result = fetch()
        finally:
            self._end(time.monotonic() - began, is_good=result is not None and is_good(result))
        return result

    def take_used(self) -> None:
        """Tell that the result of one call was used."""
        with self._lock:
            self._ahead -= 1
            self._let_begin()

    def close(self) -> None:
        """Let no further call begin."""
        with self._lock:
            self._is_closed = True
            self._let_begin()

    def _begin(self) -> bool:
        turn = Event()
        with self._lock:
            self._waiting.append(turn)
            self._let_begin()
        turn.wait()
        return not self._is_closed

    def _let_begin(self) -> None:
        """Wake those whose turn it is, in their order: results are used in it, so one that is late keeps all others."""
        while self._waiting and self._may_begin_or_is_closed():
            self._under_way += 1
            self._ahead += 1
            self._waiting.popleft().set()

    def _may_begin_or_is_closed(self) -> bool:
        return self._is_closed or (self._under_way < self.allowed and self._ahead < self._most_ahead)

    def _end(self, seconds: float, *, is_good: bool) -> None:
        with self._lock:
            self._under_way -= 1
            self._usual = 0.8 * self._usual + 0.2 * seconds if self._usual else seconds
            # The best time is slowly forgotten: a host that has become slower for good is not throttled for ever.
            self._best = min(self._best * 1.002, seconds)
            is_slower = self._usual > TOLERANCE * self._best
            self._is_starting &= is_good and not is_slower
            if not is_good:
                self._allowed = max(1.0, self._allowed / 2)
            elif is_slower:
                self._allowed = max(float(FIRST_CALLS), self._allowed * 0.97)
            elif self._ahead - self._under_way <= ENOUGH_READY:
                more = 1 if self._is_starting else 1 / self._allowed
                self._allowed = min(float(MOST_CALLS), self._allowed + more)
            self._let_begin()
