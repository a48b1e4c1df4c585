"""All services of a product, window after window, and whether that was really all of them.

WHMCS's pages are windows on a list that moves meanwhile and whose order is nobody's promise (WHMCS developer docs,
getclientsproducts, names neither order nor limit). So windows overlap, each steps on by the rows that came and not by
those asked for, ids are told apart, and the end is where nothing more comes, whatever the total said.
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

# Consecutive failures after which WHMCS is taken to be down.
_FAILURES = 3
# Pages in a row without anything new, and steps back after a list that moved, before giving up on it.
_REPETITIONS = 3
_STEPS_BACK = 3


class ProductSource(Protocol):
    """What a listing reads from: a WhmcsClient, or whatever a test puts in its place."""

    def fetch_products(self, *, product_id: int, limitstart: int, limitnum: int) -> Page:
        """See WhmcsClient.fetch_products."""


class Listing:
    """Iterate over it once for the pages; each service comes once, and no row of another product comes at all.

    A window that can't be read is remembered and the next ones are read all the same. Raises GatewayDenied at once,
    and the error of the first window if nothing could be read. Afterwards `complete` says whether every service was
    read, so that the absence of one means something; `why_incomplete` and `why_params` say why not.
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
        """Distinct services of the product so far, the bad ones included."""
        return len(self._seen)

    @property
    def foreign(self) -> int:
        """Distinct services of other products, which WHMCS sent without being asked and nobody got to see."""
        return self._seen.foreign

    @property
    def complete(self) -> bool:
        """Whether all services of the product were read. False until the iteration has ended."""
        return self.why_incomplete is None

    def ensure_complete(self) -> None:
        """Raise SnapshotIncomplete, with the reason, where the listing is not complete."""
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
            self._advance(page.returned, sifted)
            if page.rows or page.bad:
                yield page
        self._conclude()

    def _fetch(self) -> Page | None:
        """The page in the window; None where that failed and the window is another one now, or the end is reached."""
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
        """Look closer, or put one row aside, or leave the window out; nothing of that where no call may be made."""
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
        self._leave_out(error.code, of=self.last_total)
        return None

    def _leave_out(self, code: ErrorCode, *, of: int) -> None:
        """Go on behind the window, unless WHMCS is down or that was the end."""
        window = self._window
        first, last = window.start + 1, window.start + window.size
        self._doubt(ErrorCode.PAGE_FAILED, first=str(first), last=str(last), reason=code.value)
        self._failures += 1
        window.skip()
        if self._failures >= _FAILURES or window.start >= of:
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
        """More rows came, and none of them is new."""
        self._repetitions += 1
        if self._adds_up():
            self._ended = True  # it sends everything, whatever window it is asked for
        elif self._repetitions >= _REPETITIONS:
            self._end(ErrorCode.REPEATED_PAGE, seen=str(self.seen))

    def _step_back(self) -> None:
        """The window begins behind what was read last: rows before it were deleted, so others slipped through."""
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
        """Remember why the listing is not complete; the first reason stands."""
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
