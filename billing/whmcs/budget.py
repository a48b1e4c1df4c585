"""How many calls may still fail, so that no fault whatever makes a storm of them.

A WHMCS that is in trouble does not get better by being asked more often, and one that refuses us bans us at last.
Failing calls cost tokens of a bucket, good answers bring some back, so a host that answers every other call is still
read to the end while one that answers none is soon left alone.
"""

import threading
from typing import Final

from billing.errors import BillingError, ErrorCode, GatewayUnavailable
from billing.whmcs.retry import LONGEST_WAIT

RESERVE: Final = 60.0
PER_HOUR: Final = 60.0
# WHMCS is well and says that there is no such thing, or that this one record is odd.
_GOOD = {ErrorCode.CLIENT_NOT_FOUND, ErrorCode.SERVICE_NOT_FOUND, ErrorCode.BAD_RECORD}
# Rows that can't be encoded are searched by halving pages: quick answers, and those behind them are to be read as well.
_COST_OF_A_SEARCH = 0.1


def refilled(left: float, seconds: float) -> float:
    """What `left` tokens are after so many seconds without a call; a clock that went back takes nothing away."""
    return min(RESERVE, left + max(0.0, seconds) * PER_HOUR / 3600)


class CallBudget:
    """The calls of one run. Safe to use from several threads: those that are under way may overdraw it a little."""

    def __init__(self, left: float = RESERVE, *, most: float = RESERVE) -> None:
        """`most` is what good answers may bring it back to."""
        self._most = most
        self._left = min(most, left)
        self._lock = threading.Lock()
        self._asked_to_rest: GatewayUnavailable | None = None
        self._wait: float | None = None

    @property
    def wait(self) -> float | None:
        """How many seconds WHMCS asked us to stay away and was not obeyed yet; None where it did not."""
        return self._asked_to_rest.retry_after if self._asked_to_rest else self._wait

    @property
    def left(self) -> float:
        """Tokens that are left; less than nothing where it was overdrawn."""
        return self._left

    @property
    def is_spent(self) -> bool:
        """Whether no further call may be made."""
        return self._left < 1 or self._asked_to_rest is not None

    def ensure_left(self) -> None:
        """Raise GatewayUnavailable where no call may be made: too many failed, or WHMCS wants a longer rest."""
        if self._asked_to_rest:
            raise _copied(self._asked_to_rest)
        if self.is_spent:
            raise GatewayUnavailable(ErrorCode.CALL_BUDGET_SPENT, per_hour=f"{PER_HOUR:g}")

    def take(self, tokens: float) -> None:
        """Calls failed that somebody else made to the same WHMCS."""
        with self._lock:
            self._left -= tokens

    def count_answer(self) -> None:
        """A call was answered well."""
        with self._lock:
            self._left = min(self._most, self._left + 1)
            self._wait = None

    def count_error(self, error: BillingError) -> None:
        """A call ended with an error."""
        if error.code in _GOOD:
            self.count_answer()
            return
        with self._lock:
            self._left -= _COST_OF_A_SEARCH if error.code is ErrorCode.UNENCODABLE_ROW else 1
            self._wait = error.retry_after if isinstance(error, GatewayUnavailable) else None
            if isinstance(error, GatewayUnavailable) and (error.retry_after or 0) > LONGEST_WAIT:
                self._asked_to_rest = _copied(error)


def _copied(error: GatewayUnavailable) -> GatewayUnavailable:
    """The same error without the frames that it carries."""
    copy = GatewayUnavailable(error.code, **error.params)
    copy.retry_after = error.retry_after
    return copy
