"""The headers about time: `Date` (the server's clock) and `Retry-After`."""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from time import time


def clock_difference(date: str, *, at: float) -> float | None:
    """How many seconds the server's clock (`Date`) is ahead of ours, which showed `at`; None if unreadable."""
    there = _parse_date(date)
    return None if there is None else there - at


def parse_retry_after(text: str, *, clock_difference: float | None) -> float | None:
    """Seconds to wait, from either form of the header (RFC 9110, 10.2.3); None for anything else.

    A date is by the server's clock, so the difference to our clock is taken out.
    """
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    moment = _parse_date(text)
    return None if moment is None else max(0.0, moment - time() - (clock_difference or 0.0))


def _parse_date(text: str) -> float | None:
    """An HTTP date in seconds since 1970; one without a zone is in UTC."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
