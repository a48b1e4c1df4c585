"""How many calls are under way at a time: as many as are needed and as WHMCS answers without slowing down."""

import os
import time
from collections.abc import Callable
from threading import Condition
from typing import Final, TypeVar

T = TypeVar("T")

# Never more than these at a time to one WHMCS, whoever makes them: PHP hosts have few workers, and shops need them. Two
# cores need thirteen where an answer takes 150 ms, so only a host that is slow, but not for being busy, sees them all.
MOST_CALLS: Final = 32
FIRST_CALLS: Final = 4
# So much slower than at its best an answer may be; what is slower still is a host that we are too many for.
TOLERANCE: Final = 1.8
# Clients whose details are there or asked for while their passwords are not hashed yet.
MOST_AHEAD: Final = 24 + 12 * len(os.sched_getaffinity(0))
# As many clients as this whose details are there, and the cores have enough to hash until the next ones have come.
ENOUGH_READY: Final = 4 * len(os.sched_getaffinity(0))


class Pace:
    """Lets calls begin. Safe to use from several threads.

    Starts with a few and has one more with each good answer, until the first that is slower or fails. From then on it
    has fewer with each of those, and one more with each round of good ones. It never has more while what was fetched
    is enough to go on with, and none begins while there is plenty.
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
        self._changed = Condition()

    @property
    def allowed(self) -> int:
        """How many calls may be under way just now."""
        return max(1, min(int(self._allowed), self.most))

    def call(self, fetch: Callable[[], T], is_good: Callable[[T], bool]) -> T | None:
        """What `fetch` returns, as soon as it may begin; None where nobody waits for it any more.

        Each call that ends counts as ahead until `take_used`.
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
        """What one call has fetched was used."""
        with self._changed:
            self._ahead -= 1
            self._changed.notify()

    def close(self) -> None:
        """Begin nothing any more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _begin(self) -> bool:
        with self._changed:
            self._changed.wait_for(self._may_begin_or_is_closed)
            self._under_way += 1
            self._ahead += 1
            return not self._is_closed

    def _may_begin_or_is_closed(self) -> bool:
        return self._is_closed or (self._under_way < self.allowed and self._ahead < self._most_ahead)

    def _end(self, seconds: float, *, is_good: bool) -> None:
        with self._changed:
            self._under_way -= 1
            self._usual = 0.8 * self._usual + 0.2 * seconds if self._usual else seconds
            # The best is forgotten slowly: a host that has become slower for good is not punished for its past.
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
            # One for the call that is over and one that may be allowed more: to wake all costs more than a call.
            self._changed.notify(2)
