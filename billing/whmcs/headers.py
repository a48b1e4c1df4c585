"""What the headers of an answer say about time: what the server's clock shows, and when to come back."""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from time import time


def clock_difference(date: str, *, at: float) -> float | None:
    """Seconds by which the clock behind the header Date is ahead of ours, which showed `at`; None for garbage."""
    there = _parse_date(date)
    return None if there is None else there - at


def parse_retry_after(text: str, *, clock_difference: float | None) -> float | None:
    """Seconds to wait from either form of the header (RFC 9110, 10.2.3); None for anything else.

    A moment is one of the server's clock, so that a difference to ours makes the wait neither longer nor shorter.
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
