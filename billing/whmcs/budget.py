"""A retry budget (token bucket): how many calls may still fail before we stop calling.

Asking a WHMCS in trouble more often does not help it, and one that refuses us bans us in the end. A failed call takes a
token and a good answer gives one back. So a host that answers every other call is still read to the end, and a host
that answers none is soon left alone.
"""

import threading
from typing import Final

from billing.errors import BillingError, ErrorCode, GatewayUnavailable
from billing.whmcs.retry import LONGEST_WAIT

RESERVE: Final = 60.0
PER_HOUR: Final = 60.0
# Errors about one record only. They prove that WHMCS itself works.
_GOOD = {ErrorCode.CLIENT_NOT_FOUND, ErrorCode.SERVICE_NOT_FOUND, ErrorCode.BAD_RECORD}
# Halving pages to find a row that WHMCS can't encode makes many quick failures, and the rows behind it must be read.
_COST_OF_A_SEARCH = 0.1


def refilled(left: float, seconds: float) -> float:
    """The tokens after so many seconds without a call. A clock that went back takes none away."""
    return min(RESERVE, left + max(0.0, seconds) * PER_HOUR / 3600)


class CallBudget:
    """The budget of one run. Safe to use from several threads; calls under way may overdraw it a little."""

    def __init__(self, left: float = RESERVE, *, most: float = RESERVE) -> None:
        """Good answers bring it back to at most `most` tokens."""
        self._most = most
        self._left = min(most, left)
        self._lock = threading.Lock()
        self._asked_to_rest: GatewayUnavailable | None = None
        self._wait: float | None = None

    @property
    def wait(self) -> float | None:
        """How many seconds WHMCS asked us to wait, if its last answer did; else None."""
        return self._asked_to_rest.retry_after if self._asked_to_rest else self._wait

    @property
    def left(self) -> float:
        """The tokens that are left; negative if it was overdrawn."""
        return self._left

    @property
    def is_spent(self) -> bool:
        """Whether no further call may be made."""
        return self._left < 1 or self._asked_to_rest is not None

    def ensure_left(self) -> None:
        """Raise GatewayUnavailable if no call may be made: too many failed, or WHMCS asked for a long wait."""
        if self._asked_to_rest:
            raise _copied(self._asked_to_rest)
        if self.is_spent:
            raise GatewayUnavailable(ErrorCode.CALL_BUDGET_SPENT, per_hour=f"{PER_HOUR:g}")

    def take(self, tokens: float) -> None:
        """Count failed calls that another process made to the same WHMCS."""
        with self._lock:
            self._left -= tokens

    def count_answer(self) -> None:
        """Count a good answer."""
        with self._lock:
            self._left = min(self._most, self._left + 1)
            self._wait = None

    def count_error(self, error: BillingError) -> None:
        """Count a call that ended with an error."""
        if error.code in _GOOD:
            self.count_answer()
            return
        with self._lock:
            self._left -= _COST_OF_A_SEARCH if error.code is ErrorCode.UNENCODABLE_ROW else 1
            self._wait = error.retry_after if isinstance(error, GatewayUnavailable) else None
            if isinstance(error, GatewayUnavailable) and (error.retry_after or 0) > LONGEST_WAIT:
                self._asked_to_rest = _copied(error)


def _copied(error: GatewayUnavailable) -> GatewayUnavailable:
    """The same error without its traceback, whose frames hold data of the call."""
    copy = GatewayUnavailable(error.code, **error.params)
    copy.retry_after = error.retry_after
    return copy
