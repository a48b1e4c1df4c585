"""Prefetching: asks the server for the next windows of a list while the run still works on the current one.

If a page takes half a second, most of a run is waiting, and two calls at a time halve it. But the server is somebody's
shop, so there are never more calls at a time than the deployer allows, none that the list will probably not need, and
none after a failure.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

from billing.whmcs.listing import ProductSource
from billing.whmcs.page import Page
from billing.whmcs.window import OVERLAP

MOST_IN_FLIGHT: Final = 4
_Place = tuple[int, int]


class ReadAhead:
    """Wraps a source of pages and makes up to `in_flight` calls at a time.

    It learns the distance between windows from the requests, as long as they are evenly spaced, and before the second
    one from how many rows came. Use it as a context manager. Calls still under way at the end are not waited for.
    """

    def __init__(self, source: ProductSource, *, in_flight: int) -> None:
        self._source = source
        self._in_flight = min(in_flight, MOST_IN_FLIGHT)
        self._threads = ThreadPoolExecutor(self._in_flight, thread_name_prefix="pages")
        self._asked: dict[_Place, Future[Page]] = {}
        self._last: _Place | None = None
        self._total = 0

    def fetch_products(self, *, product_id: int, limitstart: int, limitnum: int) -> Page:
        """See WhmcsClient.fetch_products."""
        place = (limitstart, limitnum)
        future = self._asked.pop(place, None)
        if future is None:
            self._forget()
        step = self._step_to(place)
        try:
            future = future or self._submit(product_id, place)
            self._look_ahead(product_id, place, step)
            page = future.result()
        except BaseException:
            self._forget()
            self._last = None
            raise
        self._total = page.total or 0
        if not step:
            self._look_ahead(product_id, place, page.returned - OVERLAP)
        return page

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _step_to(self, place: _Place) -> int:
        """The distance from the window before; 0 if unknown."""
        before, self._last = self._last, place
        return place[0] - before[0] if before is not None and before[1] == place[1] else 0

    def _look_ahead(self, product_id: int, place: _Place, step: int) -> None:
        """Start as many calls as are allowed, but none beyond the end of the list."""
        start, size = place
        if step > 0:
            for ahead in range(start + step, min(self._total, start + step * self._in_flight), step):
                if (ahead, size) not in self._asked:
                    self._asked[ahead, size] = self._submit(product_id, (ahead, size))

    def _submit(self, product_id: int, place: _Place) -> Future[Page]:
        start, size = place
        return self._threads.submit(self._source.fetch_products, product_id=product_id, limitstart=start, limitnum=size)

    def _forget(self) -> None:
        """Cancel the prefetched calls. Those already running run to their end, unused."""
        for future in self._asked.values():
            future.cancel()
        self._asked.clear()
