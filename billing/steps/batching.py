"""Pages whose changes wait for those of the next ones: a few cost hardly more than one. But not long, and not many.

Not at all where most are newcomers: their details and hashes take the time, so the sooner those begin the better.
"""

import time
from dataclasses import dataclass, field

from billing.whmcs import Page

CHANGES_AT_A_TIME = 2000
SECONDS_AT_MOST = 2.0


@dataclass(slots=True)
class Batch:
    """What was read and is not decided on yet."""

    # Whether most are newcomers: so it was the last time, or it is a first import.
    expects_newcomers: bool = False
    _pages: list[Page] = field(default_factory=list)
    _changes: int = 0
    _taken_at: float = field(default_factory=time.monotonic)

    def add(self, page: Page) -> None:
        """A page, reduced to what is to be decided on; of the usual page that is nothing."""
        if not page.rows:
            return
        page.let_go()
        self._pages.append(page)
        self._changes += len(page.rows)

    def drop(self, service_id: int) -> bool:
        """Decide no more on one service; False where it does not wait."""
        for page in self._pages:
            kept = [row for row in page.rows if row.service_id != service_id]
            if len(kept) < len(page.rows):
                page.keep(kept)
                return True
        return False

    @property
    def is_due(self) -> bool:
        """Whether it is time to decide on what there is."""
        if self.expects_newcomers and self._pages:
            return True
        return self._changes >= CHANGES_AT_A_TIME or time.monotonic() - self._taken_at >= SECONDS_AT_MOST

    def take(self) -> list[Page]:
        """All that waits, which then waits no more."""
        pages, self._pages, self._changes, self._taken_at = self._pages, [], 0, time.monotonic()
        return pages
