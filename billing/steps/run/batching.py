"""Collects the changes of several pages: to decide and write them together costs hardly more than those of one page.

They wait only for a short time and in limited numbers, and not at all if most are newcomers: fetching their details and
hashing their passwords takes long, so it should begin at once.
"""

import time
from dataclasses import dataclass, field

from billing.whmcs import Page

CHANGES_AT_A_TIME = 2000
SECONDS_AT_MOST = 2.0


@dataclass(slots=True)
class Batch:
    """The pages that were read but not decided yet."""

    # Whether to expect mostly newcomers: the last batch was so, or this is a first import.
    expects_newcomers: bool = False
    _pages: list[Page] = field(default_factory=list)
    _changes: int = 0
    _taken_at: float = field(default_factory=time.monotonic)

    def add(self, page: Page) -> None:
        """Add a page, reduced to the rows to decide; most pages have none left."""
        if not page.rows:
            return
        page.let_go()
        self._pages.append(page)
        self._changes += len(page.rows)

    def drop(self, service_id: int) -> bool:
        """Remove one service; False if it is not in the batch."""
        for page in self._pages:
            kept = [row for row in page.rows if row.service_id != service_id]
            if len(kept) < len(page.rows):
                page.keep(kept)
                return True
        return False

    @property
    def is_due(self) -> bool:
        """Whether it is time to decide on the batch."""
        if self.expects_newcomers and self._pages:
            return True
        return self._changes >= CHANGES_AT_A_TIME or time.monotonic() - self._taken_at >= SECONDS_AT_MOST

    def take(self) -> list[Page]:
        """Return all waiting pages and empty the batch."""
        pages, self._pages, self._changes, self._taken_at = self._pages, [], 0, time.monotonic()
        return pages
