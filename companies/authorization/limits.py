"""How often something may be done, counted in the cache, which all processes share."""

from datetime import datetime, timedelta

from django.core.cache import cache


def is_too_often(what: str, *, at: datetime, most: int, within: timedelta) -> bool:
    """Count one more time at `at`, unless it was done `most` times `within` the time before: then say so.

    Two at the same moment may count as one; that is near enough for whatever is not a secret to be guessed.
    """
    times: list[datetime] = [time for time in cache.get(what, []) if at - within < time <= at]
    if len(times) >= most:
        return True
    cache.set(what, [*times, at], timeout=within.total_seconds())
    return False
