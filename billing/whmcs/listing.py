"""Reads all services of a product, page by page, and knows whether these were really all of them.

The list may change between two pages, and WHMCS promises no order and no page size (developer docs,
getclientsproducts). So pages overlap, each begins after the rows that came and not after those that were asked for,
repeated ids are dropped, and the list ends where nothing more comes, whatever the total said.
"""

from collections.abc import Iterator
from typing import Protocol

from billing.errors import (
    BillingError,
    ErrorCode,
    GatewayProtocolError,
    GatewayUnavailable,
    SnapshotIncomplete,
)
from billing.whmcs.page import BadRow, Page, RowCode
from billing.whmcs.seen import Seen, Sifted
from billing.whmcs.window import Window

# After so many failures in a row WHMCS counts as down.
_FAILURES = 3
# Give up after so many pages in a row without anything new, or so many steps back in a list that moves.
_REPETITIONS = 3
_STEPS_BACK = 3


class ProductSource(Protocol):
    """What a listing reads from: a WhmcsClient, a ReadAhead, or a fake in a test."""

    def fetch_products(self, *, product_id: int, limitstart: int, limitnum: int) -> Page:
        """See WhmcsClient.fetch_products."""


class Listing:
    """Iterate over it once to get the pages. Each service comes once, and no row of another product comes at all.

    If a page can't be read, the next ones are still read. Raises GatewayDenied at once, and the error of the first page
    if nothing could be read. Afterwards `complete` says whether every service was read: only then does a missing
    service mean anything. `why_incomplete` and `why_params` say why not.
    """

    def __init__(
        self, client: ProductSource, product_id: int, page_size: int = 250, *, max_pages: int = 10_000
    ) -> None:
        self._client = client
        self._product_id = product_id
        self._window = Window(page_size)
        self._seen = Seen()
        self._pages_left = self._max_pages = max_pages
        self._failures = self._repetitions = self._steps_back = 0
        self._ended = False
        self._last_error: BillingError | None = None
        self.why_incomplete: ErrorCode | None = ErrorCode.NOT_FINISHED
        self.why_params: dict[str, str] = {}
        self.first_total: int | None = None
        self.last_total: int | None = None

    @property
    def seen(self) -> int:
        """The distinct services of the product so far, bad ones included."""
        return len(self._seen)

    @property
    def foreign(self) -> int:
        """The distinct services of other products. WHMCS sent them unasked, and they were dropped."""
        return self._seen.foreign

    @property
    def complete(self) -> bool:
        """Whether all services of the product were read. False until the iteration has ended."""
        return self.why_incomplete is None

    def ensure_complete(self) -> None:
        """Raise SnapshotIncomplete, with the reason, if the listing is not complete."""
        if self.why_incomplete is not None:
            raise SnapshotIncomplete(self.why_incomplete, **self.why_params)

    def __iter__(self) -> Iterator[Page]:
        while not self._ended:
            page = self._fetch()
            if page is None:
                continue
            start = self._window.start
            sifted = self._seen.sift(page, start)
            self._take_total(page)
            self._advance(sifted.new + sifted.known, sifted)  # not `page.returned`: a repeated row is no further row
            if page.rows or page.bad:
                yield page
        self._conclude()

    def _fetch(self) -> Page | None:
        """The page in the window; None if that failed. Then the window has changed, or the listing has ended."""
        if not self._pages_left:
            self._end(ErrorCode.TOO_MANY_PAGES, calls=str(self._max_pages))
            return None
        self._pages_left -= 1
        window = self._window
        try:
            page = self._client.fetch_products(
                product_id=self._product_id, limitstart=window.start, limitnum=window.size
            )
        except (GatewayUnavailable, GatewayProtocolError) as error:
            return self._recover(error)
        self._failures = 0
        return page

    def _recover(self, error: BillingError) -> Page | None:
        """After a failure: shrink the window, report one bad row, or skip the page. Ends if no call may be made."""
        window = self._window
        if error.code is ErrorCode.CALL_BUDGET_SPENT:
            if self.last_total is None:
                raise self._last_error or error
            self._end(error.code, **error.params)
            return None
        self._last_error = error
        if window.narrow(error.code):
            return None
        if error.code is ErrorCode.UNENCODABLE_ROW and window.size == 1 and window.may_search:
            window.mark_poison()
            bad = BadRow(None, window.start, RowCode.UNENCODABLE_ROW, {})
            return Page.of_bad_row(bad)
        if self.last_total is None:
            raise error
        self._skip_page(error.code, total=self.last_total)
        return None

    def _skip_page(self, code: ErrorCode, *, total: int) -> None:
        """Go on after the window, unless WHMCS seems to be down or the list has ended."""
        window = self._window
        first, last = window.start + 1, window.start + window.size
        self._doubt(ErrorCode.PAGE_FAILED, first=str(first), last=str(last), reason=code.value)
        self._failures += 1
        window.skip()
        if self._failures >= _FAILURES or window.start >= total:
            self._ended = True

    def _advance(self, returned: int, sifted: Sifted) -> None:
        """Move the window on, or find that the list has ended."""
        window = self._window
        looks_beyond = window.start + window.size > window.furthest
        goes_beyond = window.start + returned > window.furthest
        if window.overlaps and returned and not sifted.known:
            self._step_back()
            return
        if not returned or (looks_beyond and not goes_beyond and not sifted.new):
            self._ended = True
        elif goes_beyond and not sifted.new:
            self._take_repetition()
        elif sifted.new:
            self._repetitions = 0
        window.advance(returned)

    def _take_repetition(self) -> None:
        """Count a page that went further but brought nothing new."""
        self._repetitions += 1
        if self._adds_up():
            self._ended = True  # WHMCS ignores the window and always sends everything
        elif self._repetitions >= _REPETITIONS:
            self._end(ErrorCode.REPEATED_PAGE, seen=str(self.seen))

    def _step_back(self) -> None:
        """Nothing in the overlap is known: earlier rows were deleted, so some rows may have been missed."""
        self._steps_back += 1
        if self._steps_back > _STEPS_BACK:
            self._doubt(ErrorCode.LIST_MOVED)
        self._window.step_back(far=self._steps_back <= _STEPS_BACK)

    def _take_total(self, page: Page) -> None:
        if page.total is not None:
            self.last_total = page.total
            if self.first_total is None:
                self.first_total = page.total

    def _adds_up(self) -> bool:
        return self.last_total is not None and self._seen.accounted >= self.last_total

    def _doubt(self, code: ErrorCode, **params: str) -> None:
        """Remember why the listing is not complete. The first reason stands."""
        if self.why_incomplete is ErrorCode.NOT_FINISHED:
            self.why_incomplete, self.why_params = code, params

    def _end(self, code: ErrorCode, **params: str) -> None:
        self._doubt(code, **params)
        self._ended = True

    def _conclude(self) -> None:
        if self.last_total is not None and not self._adds_up():
            self._doubt(ErrorCode.TOTAL_NOT_REACHED, total=str(self.last_total), seen=str(self._seen.accounted))
        if self.foreign:
            self._doubt(ErrorCode.FILTER_IGNORED, foreign=str(self.foreign))
        if self.why_incomplete is ErrorCode.NOT_FINISHED:
            self.why_incomplete = None
