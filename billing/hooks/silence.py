"""Decides whether instant updates have silently stopped, by changes that readings found without them.

Silence alone proves nothing, because nothing may have happened in the shop. Neither do a few changes: some are
not covered by the hook file, and others were lost while Ticketz was down. Changes found day after day do.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

SILENT_FOR = timedelta(days=3)
DAYS_WITH_CHANGES = 3
LOOKS_BACK = timedelta(days=30)


def silent_since(heard_at: datetime, secret_set_at: datetime, *, now: datetime) -> datetime | None:
    """Since when the silence is suspicious, if it is.

    A new secret starts the time again, because somebody is working on it.
    """
    since = max(heard_at, secret_set_at)
    return since if now - since >= SILENT_FOR else None


def has_stopped(days_with_changes: Collection[date]) -> bool:
    """Whether changes were found on enough days to conclude that the hook has stopped."""
    return len(set(days_with_changes)) >= DAYS_WITH_CHANGES
