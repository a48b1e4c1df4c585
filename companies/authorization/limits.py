"""A simple rate limit, counted in the cache that all processes share."""

from datetime import datetime, timedelta

from django.core.cache import cache


def is_too_often(what: str, *, at: datetime, most: int, within: timedelta) -> bool:
    """Whether `what` was done `most` times `within` the time before `at`. If not, count it once more.

    Two at the same moment may count as one, so do not use it to protect secrets from guessing.
    """
    times: list[datetime] = [time for time in cache.get(what, []) if at - within < time <= at]
    if len(times) >= most:
        return True
    cache.set(what, [*times, at], timeout=within.total_seconds())
    return False
