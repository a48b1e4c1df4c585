"""Whether a listing is complete, and that nobody is lost or doubled on the way, however the list behaves."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.errors import ErrorCode, GatewayDenied, GatewayProtocolError, GatewayUnavailable, SnapshotIncomplete
from billing.whmcs import BadRow, Listing
from tests.billing.whmcs.lists import POISON, Row, Shop, rows
from tests.billing.whmcs.wire import service


def read(shop: Shop, **options: Any) -> tuple[list[int], list[BadRow], Listing]:
    """The ids in the order in which they came, the bad rows, and the listing after it has ended."""
    listing = Listing(shop, 3, **{"page_size": 10, **options})
    ids: list[int] = []
    bad: list[BadRow] = []
    for page in listing:
        ids += [row.service_id for row in page.rows]
        bad += page.bad
    return ids, bad, listing


@pytest.mark.parametrize("count", [0, 1, 3, 9, 10, 11, 17, 20, 95])
def test_each_service_comes_once_and_the_listing_is_complete(count: int) -> None:
    ids, bad, listing = read(Shop(rows(count)))
    assert ids == list(range(1, count + 1))
    assert not bad
    assert listing.complete
    assert listing.seen == listing.first_total == listing.last_total == count
    listing.ensure_complete()


@given(count=st.integers(0, 60), size=st.integers(1, 30), most=st.integers(1, 30), total=st.none() | st.integers(0, 80))
@settings(max_examples=150, deadline=None)
def test_whatever_the_server_caps_or_counts_nobody_is_lost_and_the_verdict_is_right(
    count: int, size: int, most: int, total: int | None
) -> None:
    ids, _, listing = read(Shop(rows(count), total=total, most=most), page_size=size)
    assert ids == list(range(1, count + 1))
    assert listing.complete == (total is None or total <= count)


@pytest.mark.parametrize("repeats", [1, 4, 10])
def test_rows_that_a_page_repeats_move_it_on_no_further(repeats: int) -> None:
    shop = Shop(rows(95))
    shop.repeats = repeats
    ids, bad, listing = read(shop)
    assert ids == list(range(1, 96))
    assert not bad
    assert listing.complete
    assert len(shop.calls) < 20


def test_a_listing_that_has_not_ended_is_not_complete() -> None:
    listing = Listing(Shop(rows(30)), 3, page_size=10)
    next(iter(listing))
    assert not listing.complete
    with pytest.raises(SnapshotIncomplete):
        listing.ensure_complete()


def test_a_total_that_is_not_reached_makes_it_incomplete() -> None:
    _, _, listing = read(Shop(rows(18), total=20))
    assert (listing.why_incomplete, listing.why_params) == ("total_not_reached", {"total": "20", "seen": "18"})


def test_a_total_that_is_too_low_ends_nothing() -> None:
    ids, _, listing = read(Shop(rows(35), total=10))
    assert len(ids) == 35
    assert listing.complete


def test_an_endless_total_costs_no_endless_run() -> None:
    shop = Shop(rows(25), total=10**9)
    assert not read(shop)[2].complete
    assert len(shop.calls) < 10


def test_the_same_page_for_ever_is_noticed() -> None:
    shop = Shop(rows(10), total=500)
    shop.ignores_window = True
    ids, _, listing = read(shop)
    assert len(ids) == 10
    assert listing.why_incomplete == "repeated_page"
    assert len(shop.calls) < 10


def test_a_server_that_always_sends_everything_is_complete() -> None:
    shop = Shop(rows(12), most=12)
    shop.ignores_window = True
    ids, _, listing = read(shop, page_size=250)
    assert len(ids) == 12
    assert listing.complete


def test_a_list_without_end_is_left_at_some_point() -> None:
    shop = Shop([], total=5)
    shop.before_call = lambda call, start, size: setattr(shop, "rows", rows(start + size))
    _, _, listing = read(shop, max_pages=20)
    assert listing.why_incomplete == "too_many_pages"


@pytest.mark.parametrize("deleted", [1, 2, 3, 4, 9])
def test_services_deleted_between_two_pages_hide_nobody(deleted: int) -> None:
    shop = Shop(rows(40))

    def delete(call: int, start: int, size: int) -> None:
        if call == 2:
            del shop.rows[:deleted]

    shop.before_call = delete
    ids, _, listing = read(shop)
    assert set(ids) == set(range(1, 41))
    assert len(ids) == 40
    assert listing.complete


def test_a_service_inserted_in_front_makes_it_incomplete_but_loses_nobody() -> None:
    shop = Shop(rows(40))
    shop.before_call = lambda call, start, size: shop.rows.insert(0, service(100)) if call == 2 else None
    ids, _, listing = read(shop)
    assert ids == list(range(1, 41))
    assert listing.why_incomplete == "total_not_reached"


def test_the_same_service_twice_comes_once() -> None:
    ids, bad, listing = read(Shop([*rows(5), service(2), service(5)], total=5))
    assert ids == [1, 2, 3, 4, 5]
    assert not bad
    assert listing.complete


ODD = [service(2, status=status) for status in ("Suspended", "Cancelled", "Terminated")]


def test_a_service_that_says_two_things_on_one_page_says_nothing_and_is_reported_once() -> None:
    ids, bad, listing = read(Shop([*rows(5), *ODD], total=5))
    assert ids == [1, 3, 4, 5]
    assert [(row.service_id, row.code) for row in bad] == [(2, "conflicting_duplicate")]
    assert (listing.seen, listing.complete) == (5, True)


@pytest.mark.parametrize("again", [ODD, [*ODD, service(2)], ODD[:1] * 2 + ODD[1:]])
def test_a_service_that_says_another_thing_on_another_page_keeps_the_first_and_is_reported_once(
    again: list[Row],
) -> None:
    ids, bad, listing = read(Shop([*rows(10), *again], total=10))
    assert ids == list(range(1, 11))
    assert [(row.service_id, row.code) for row in bad] == [(2, "conflicting_duplicate")]
    assert (listing.seen, listing.complete) == (10, True)


def test_of_many_that_say_another_thing_on_another_page_hardly_any_goes_unnoticed() -> None:
    """Of each row two bytes are remembered. With one byte some eight would, others in each process."""
    others = [service(number, nextduedate="2027-01-01") for number in range(1, 2001)]
    _ids, bad, _listing = read(Shop([*rows(2000), *others]), page_size=2000)
    assert len(bad) >= 1998


def test_services_of_other_products_are_counted_and_never_handed_on() -> None:
    mixed = [service(number, pid="3" if number % 2 else "4") for number in range(1, 41)]
    ids, _, listing = read(Shop(mixed))
    assert ids == list(range(1, 41, 2))
    assert (listing.seen, listing.foreign) == (20, 20)
    assert listing.why_incomplete is ErrorCode.FILTER_IGNORED


OTHER = service(2, pid="4")


@pytest.mark.parametrize(
    ("listed", "handed_on"),
    [
        ([*rows(5), OTHER], [1, 3, 4, 5]),
        ([OTHER, *rows(5)], [1, 3, 4, 5]),
        ([*rows(5), service(2, nextduedate="x"), OTHER], [1, 3, 4, 5]),
        ([OTHER, *rows(20)[2:], *rows(2)], [1, *range(3, 21)]),
        ([*rows(20), OTHER, OTHER], list(range(1, 21))),
        ([OTHER, *rows(20)[2:], service(1), service(2, nextduedate="x")], [1, *range(3, 21)]),
    ],
    ids=["beside", "before", "three times", "on a later page", "on an earlier page", "unreadable on a later page"],
)
def test_a_service_that_is_listed_under_another_product_too_says_nothing_more_and_is_named_once(
    listed: list[Row], handed_on: list[int]
) -> None:
    ids, bad, listing = read(Shop(listed, total=len({row["id"] for row in listed})))
    assert sorted(ids) == handed_on
    assert [row.service_id for row in bad] == [2]
    assert listing.why_incomplete is ErrorCode.FILTER_IGNORED


def test_a_service_that_is_listed_under_another_product_only_is_not_named() -> None:
    _, bad, listing = read(Shop([*rows(20), OTHER | {"id": 21}, OTHER | {"id": 21}]))
    assert not bad
    assert (listing.seen, listing.foreign) == (20, 1)


def test_a_bad_row_is_reported_once_and_counts_as_seen() -> None:
    shop = Shop([service(n, nextduedate="x") if n in {8, 10} else service(n) for n in range(1, 31)])
    ids, bad, listing = read(shop)
    assert len(ids) == 28
    assert [row.service_id for row in bad] == [8, 10]
    assert listing.complete
    assert listing.seen == 30


@pytest.mark.parametrize("places", [[0], [4], [9], [10], [29], [8, 9, 10, 11], [0, 15, 29], list(range(30))])
def test_a_page_that_cannot_be_encoded_is_searched_down_to_the_bad_rows(places: list[int]) -> None:
    shop = Shop([POISON if n - 1 in places else service(n) for n in range(1, 31)])
    ids, bad, listing = read(shop)
    assert ids == [n for n in range(1, 31) if n - 1 not in places]
    assert [(row.position, row.code) for row in bad] == [(place, "unencodable_row") for place in places]
    assert listing.seen == 30
    assert listing.complete or listing.last_total is None


def test_the_search_for_one_bad_row_is_short() -> None:
    shop = Shop([POISON if n == 777 else service(n) for n in range(1, 1001)])
    assert len(read(shop, page_size=250)[0]) == 999
    assert len(shop.calls) < 30


def test_bad_rows_in_a_row_cost_about_a_call_each() -> None:
    """So many come together after a database was restored, and the rows behind them have to be read as well."""
    shop = Shop([POISON if 100 < n <= 140 else service(n) for n in range(1, 301)])
    assert len(read(shop, page_size=250)[0]) == 260
    assert len(shop.calls) < 80


def test_a_shop_in_which_nothing_can_be_encoded_is_not_searched_for_ever() -> None:
    shop = Shop([POISON] * 5000)
    with pytest.raises(GatewayProtocolError):
        read(shop, page_size=250)
    assert len(shop.calls) < 1000


def failing(error: Exception, when: Callable[[int, int], bool]) -> Callable[[int, int, int], None]:
    def before_call(call: int, start: int, size: int) -> None:
        if when(start, size):
            raise error

    return before_call


def test_when_one_page_fails_the_others_are_read_all_the_same() -> None:
    shop = Shop(rows(50))
    shop.before_call = failing(GatewayUnavailable(), lambda start, size: 15 < start < 25)
    ids, _, listing = read(shop)
    assert {1, 10, 41, 50} <= set(ids)
    assert listing.why_incomplete == "page_failed"
    assert listing.why_params["reason"] == "connection"
    with pytest.raises(SnapshotIncomplete, match="could not be read"):
        listing.ensure_complete()


def test_a_page_that_is_too_heavy_is_asked_for_in_smaller_parts() -> None:
    shop = Shop(rows(1000))
    timeout = GatewayUnavailable(ErrorCode.TIMEOUT, seconds="30")
    shop.before_call = failing(timeout, lambda start, size: size > 100 and 200 < start < 600)
    ids, _, listing = read(shop, page_size=250)
    assert len(ids) == 1000
    assert listing.complete
    assert shop.calls[-2][1] == 250


def test_when_nothing_can_be_read_the_first_error_comes_out() -> None:
    shop = Shop(rows(50))
    shop.before_call = failing(GatewayUnavailable(), lambda start, size: True)
    with pytest.raises(GatewayUnavailable):
        read(shop)
    assert len(shop.calls) == 1


def test_a_server_that_goes_down_is_not_asked_for_every_page() -> None:
    shop = Shop(rows(1000))
    shop.before_call = failing(GatewayUnavailable(), lambda start, size: start > 100)
    ids, _, listing = read(shop)
    assert len(ids) > 90
    assert listing.why_incomplete == "page_failed"
    assert len(shop.calls) < 30


def test_a_denial_stops_at_once() -> None:
    shop = Shop(rows(50))
    shop.before_call = failing(GatewayDenied(), lambda start, size: start > 0)
    with pytest.raises(GatewayDenied):
        read(shop)
    assert len(shop.calls) == 2


def test_an_empty_page_in_the_middle_makes_it_incomplete() -> None:
    shop = Shop(rows(50))
    shop.before_call = lambda call, start, size: shop.rows.clear() if call == 3 else None
    shop.total = 50
    assert not read(shop)[2].complete


def test_a_first_password_is_to_be_had_from_the_page_that_came() -> None:
    for page in Listing(Shop(rows(25)), 3, page_size=10):
        for row in page.rows:
            password = page.first_password(row.service_id)
            assert password is not None
            assert password.reveal() == "typed in the cart"
