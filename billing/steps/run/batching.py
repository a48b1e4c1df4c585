"""Changes of several pages are decided and written together, which costs hardly more than those of one page.

They wait neither long nor in great numbers, and not at all where most are newcomers: fetching their details and hashing
their passwords takes the time, so that should begin at once.
"""

import time
from dataclasses import dataclass, field

from billing.whmcs import Page

CHANGES_AT_A_TIME = 2000
SECONDS_AT_MOST = 2.0


@dataclass(slots=True)
class Batch:
    """What was read and is not decided on yet."""

    # Whether most are newcomers: it was so the last time, or it is a first import.
    expects_newcomers: bool = False
    _pages: list[Page] = field(default_factory=list)
    _changes: int = 0
    _taken_at: float = field(default_factory=time.monotonic)

    def add(self, page: Page) -> None:
        """Add a page, reduced to what is to be decided on; of most pages that is nothing."""
        if not page.rows:
            return
        page.let_go()
        self._pages.append(page)
        self._changes += len(page.rows)

    def drop(self, service_id: int) -> bool:
        """Take one service out; False if it does not wait here."""
        for page in self._pages:
            kept = [row for row in page.rows if row.service_id != service_id]
            if len(kept) < len(page.rows):
                page.keep(kept)
                return True
        return False

    @property
    def is_due(self) -> bool:
        """Whether it is time to decide on what waits."""
        if self.expects_newcomers and self._pages:
            return True
        return self._changes >= CHANGES_AT_A_TIME or time.monotonic() - self._taken_at >= SECONDS_AT_MOST

    def take(self) -> list[Page]:
        """Take out all that waits."""
        pages, self._pages, self._changes, self._taken_at = self._pages, [], 0, time.monotonic()
        return pages
