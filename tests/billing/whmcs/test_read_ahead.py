"""Reading ahead: the server works on two windows at once, never on more, and on none that nobody needs."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from billing.errors import ErrorCode, GatewayUnavailable
from billing.whmcs import Listing
from billing.whmcs.page import Page
from billing.whmcs.read_ahead import ReadAhead
from tests.billing.whmcs.lists import Shop, rows

SIZE = 10


class Counted:
    """A shop that counts how many calls it works on at a time, and lets a test look on."""

    def __init__(self, shop: Shop, during: Callable[[int], None] = lambda start: None) -> None:
        self.shop = shop
        self.during = during
        self.most = self.now = 0
        self.starts: list[int] = []
        self._lock = threading.Lock()

    def fetch_products(self, *, product_id: int, limitstart: int, limitnum: int) -> Page:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.starts.append(limitstart)
        try:
            self.during(limitstart)
            time.sleep(0.005)  # so that a call too many would meet another one
            with self._lock:
                return self.shop.fetch_products(product_id=product_id, limitstart=limitstart, limitnum=limitnum)
        finally:
            with self._lock:
                self.now -= 1


def read(source: Counted, in_flight: int) -> Iterator[int]:
    with ReadAhead(source, in_flight=in_flight) as ahead:
        for page in Listing(ahead, 3, page_size=SIZE):
            yield from (row.service_id for row in page.rows)


@pytest.mark.parametrize("in_flight", [2, 3, 4])
def test_the_server_works_on_as_many_windows_as_are_allowed_at_once(in_flight: int) -> None:
    together = threading.Barrier(in_flight)

    def meet(start: int) -> None:
        # The first window is read alone, for only its answer says that there are more. The last ones meet nobody.
        if 7 <= start < 7 * (1 + in_flight):
            together.wait(10)

    source = Counted(Shop(rows(200)), meet)
    assert list(read(source, in_flight)) == list(range(1, 201))
    assert source.most == in_flight


@pytest.mark.parametrize("most", [SIZE, 5], ids=["full", "fewer than asked"])
def test_the_second_window_is_read_while_the_first_is_worked_on(most: int) -> None:
    second_is_read = threading.Event()
    source = Counted(Shop(rows(95), most=most), lambda start: second_is_read.set() if start else None)
    ids = read(source, 2)
    assert next(ids) == 1
    assert second_is_read.wait(10)
    assert list(ids) == list(range(2, 96))
    assert source.starts[1] == most - 3


def test_a_list_that_fits_into_one_window_is_read_by_no_more_calls() -> None:
    alone, ahead = (Counted(Shop(rows(8))) for _ in range(2))
    assert list(read(alone, 1)) == list(read(ahead, 2)) == list(range(1, 9))
    assert ahead.starts == alone.starts


def test_no_window_is_asked_for_twice_or_behind_the_end() -> None:
    source = Counted(Shop(rows(95)))
    assert list(read(source, 4)) == list(range(1, 96))
    assert len(set(source.starts)) == len(source.starts)
    assert max(source.starts) < 95


def test_where_one_call_is_allowed_one_window_is_read_after_the_other() -> None:
    source = Counted(Shop(rows(95)))
    assert list(read(source, 1)) == list(range(1, 96))
    assert source.most == 1
    assert source.starts == sorted(source.starts)


def test_a_server_that_sends_fewer_rows_than_asked_is_read_ahead_by_what_it_sends() -> None:
    source = Counted(Shop(rows(60), most=5))
    assert list(read(source, 2)) == list(range(1, 61))
    assert len(source.starts) <= len(set(source.starts)) + 1  # at the end of the list the step is another one


def test_a_window_that_fails_is_told_when_its_turn_comes_and_nothing_is_asked_ahead_of_the_next() -> None:
    failed: list[int] = []

    def fail(start: int) -> None:
        if start == 3 * 7 and not failed:
            failed.append(start)
            raise GatewayUnavailable(ErrorCode.SERVER_ERROR, status="500")

    source = Counted(Shop(rows(95)), fail)
    with ReadAhead(source, in_flight=2) as ahead:
        listing = Listing(ahead, 3, page_size=SIZE)
        ids = [row.service_id for page in listing for row in page.rows]
    assert failed
    assert listing.why_incomplete is ErrorCode.PAGE_FAILED
    assert ids == [*range(1, 25), *range(32, 96)]


def test_whoever_stops_reading_waits_for_no_window() -> None:
    ended = threading.Event()

    def hang(start: int) -> None:
        if start >= 4 * 7:
            ended.wait(10)

    source = Counted(Shop(rows(95)), hang)
    pages = read(source, 2)
    assert next(pages) == 1
    pages.close()  # type: ignore[attr-defined]
    ended.set()
