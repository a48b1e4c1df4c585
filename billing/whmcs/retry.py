"""Which failed calls are worth another try, and when."""

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from billing.errors import ErrorCode, GatewayUnavailable

T = TypeVar("T")

# The most seconds to wait before a retry. If WHMCS asks for more, the next run is soon enough.
LONGEST_WAIT: Final = 30.0

# One retry is enough here: a firewall lets a new connection pass or it does not, and asking a slow server again does
# not make it faster.
_TRIES = {ErrorCode.EDGE_BLOCKED: 2, ErrorCode.BOT_PROTECTION: 2, ErrorCode.TIMEOUT: 2, ErrorCode.NAME_NOT_RESOLVED: 2}
_ON_A_NEW_CONNECTION = {ErrorCode.EDGE_BLOCKED, ErrorCode.BOT_PROTECTION, ErrorCode.CONNECTION}


class RetryPolicy:
    """Repeats calls that failed with GatewayUnavailable, with exponential backoff and jitter."""

    def __init__(
        self,
        *,
        max_tries: int = 3,
        first_pause: float = 0.5,
        longest_pause: float = LONGEST_WAIT,
        sleep: Callable[[float], object] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`jitter` returns a number from 0 to 1. One call waits at most (max_tries - 1) * longest_pause in total."""
        self._max_tries = max_tries
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._sleep = sleep
        self._jitter = jitter

    def call(
        self,
        attempt: Callable[[], T],
        drop_connections: Callable[[], object],
        may_go_on: Callable[[], bool] = lambda: True,
    ) -> T:
        """The result of `attempt`, tried up to `max_tries` times while it `may_go_on`; raises its last error."""
        tried = 0
        while True:
            try:
                return attempt()
            except GatewayUnavailable as error:
                tried += 1
                pause = self._pause(error, tried)
                if pause is None or not may_go_on():
                    raise
                if error.code in _ON_A_NEW_CONNECTION:
                    drop_connections()
            self._sleep(pause)

    def _pause(self, error: GatewayUnavailable, tried: int) -> float | None:
        """Seconds to wait, or None to give up. It also gives up if WHMCS asks for a wait beyond `longest_pause`."""
        if tried >= min(self._max_tries, _TRIES.get(error.code, self._max_tries)):
            return None
        pause = min(self._longest_pause, self._first_pause * 4.0 ** (tried - 1) * (0.5 + self._jitter()))
        if error.retry_after is None:
            return pause
        return max(pause, error.retry_after) if error.retry_after <= self._longest_pause else None
