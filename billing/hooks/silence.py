"""Whether instant updates have stopped without a word, decided by what readings found that nobody had told.

Silence alone says nothing, for a shop where nothing happens has nothing to tell. A few changes do not either: some are
not told by the hook file, and others were lost while this side was away. What is found day after day is another matter.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

SILENT_FOR = timedelta(days=3)
DAYS_WITH_CHANGES = 3
LOOKS_BACK = timedelta(days=30)


def silent_since(heard_at: datetime, secret_set_at: datetime, *, now: datetime) -> datetime | None:
    """Since when there is silence to wonder about, if there is.

    Whoever makes a new secret is at work on it and has as much time again.
    """
    since = max(heard_at, secret_set_at)
    return since if now - since >= SILENT_FOR else None


def has_stopped(days_with_changes: Collection[date]) -> bool:
    """Whether what was found in the silence, on these days, would have been told if anybody still told."""
    return len(set(days_with_changes)) >= DAYS_WITH_CHANGES
