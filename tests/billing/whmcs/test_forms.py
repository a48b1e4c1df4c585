"""The forms in which WHMCS writes a list of services: a page, or a named error."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.errors import BillingError, GatewayProtocolError
from billing.whmcs.reader import Asked
from tests.billing.whmcs.reading import FACTS, page_of
from tests.billing.whmcs.wire import products, service

SAMPLES = Path(__file__).parent / "samples"


def flattened(value: Any, key: str) -> dict[str, Any]:
    """PHP's old way: `products[product][0][id]`."""
    if not isinstance(value, dict | list):
        return {key: value}
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return {k: v for name, below in items for k, v in flattened(below, f"{key}[{name}]").items()}


ROW = service(1)


@pytest.mark.parametrize(
    "shape",
    [
        {"products": {"product": [ROW]}},
        {"products": {"product": ROW}},
        {"products": {"product": {"0": ROW}}},
        {"products": {"product": {"1": ROW}}},
        {"products": [ROW]},
        {"products": {"0": ROW}},
        {"products": {"product": [ROW, "", None]}},
        flattened({"product": [ROW]}, "products"),
        {"products": {"product": [{**ROW, "id": 1, "clientid": 7, "pid": 3}]}, "totalresults": 1},
    ],
)
def test_every_known_form_of_a_list_holds_the_same_service(shape: dict[str, Any]) -> None:
    page = page_of(json.dumps({"result": "success", **shape}).encode())
    assert page.rows == [FACTS]
    assert not page.bad
    password = page.first_password(1)
    assert password is not None
    assert password.reveal() == "typed in the cart"


@pytest.mark.parametrize(
    "empty",
    [
        {"products": ""},
        {"products": None},
        {"products": []},
        {"products": {}},
        {"products": {"product": ""}},
        {"products": {"product": []}},
        {"products": {"product": {}}},
        {"products": {"product": None}},
        {"totalresults": 0},
        {"totalresults": "37", "numreturned": 0},
    ],
)
def test_every_known_form_of_nothing_is_a_page_without_rows(empty: dict[str, Any]) -> None:
    page = page_of(json.dumps({"result": "success", **empty}).encode())
    assert (page.returned, page.rows, page.bad) == (0, [], [])


def test_the_official_samples_are_read() -> None:
    for name in ("8.12-two-services", "2021-ordernumber", "2017-nested"):
        page = page_of((SAMPLES / f"gcp-docs-{name}.json").read_bytes())
        assert page.total == page.returned == 2
        assert [(row.service_id, row.product_id, row.status) for row in page.rows] == [
            (1, 1, "Terminated"),
            (2, 3, "Active"),
        ]
        assert page.rows[1].due_date == date(2017, 1, 20)


def test_a_service_without_a_number_is_bad_and_not_lost() -> None:
    page = page_of((SAMPLES / "gcp-continuum-single-object.json").read_bytes())
    assert page.returned == 1
    assert page.bad[0].service_id is None


@pytest.mark.parametrize("entry", ["x", 17, True, [1]])
def test_an_entry_that_is_no_record_is_put_aside(entry: Any) -> None:
    page = page_of(products([entry, service(2)]))
    assert [bad.code for bad in page.bad] == ["not_an_object"]
    assert page.bad[0].position == 0
    assert len(page.rows) == 1


def test_positions_count_from_the_start_of_the_list() -> None:
    page = page_of(products([service(1), service(0)]), Asked(start=500))
    assert page.bad[0].position == 501


@pytest.mark.parametrize("odd", [{}, {"nextduedate": "garbage"}, {"clientid": "x"}])
def test_rows_of_another_product_are_counted_and_dropped_even_bad_ones(odd: dict[str, Any]) -> None:
    page = page_of(products([service(1), service(2, pid="4", **odd)]), Asked(product_id=3))
    assert (page.rows, page.bad, page.foreign_ids, page.returned) == ([FACTS], [], [2], 2)
    assert page.first_password(2) is None


def test_rows_of_another_service_are_dropped_when_one_was_asked_for() -> None:
    page = page_of(products([service(1), service(2)]), Asked(service_id=1))
    assert page.rows == [FACTS]


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["product", "0", "configoption", "customfield", "option", "value"]), inner)
    ),
    max_leaves=8,
)


ANY_ROW = st.dictionaries(st.sampled_from(sorted(ROW)), ANY_JSON).map(lambda odd: {**ROW, **odd})


@given(anything=ANY_JSON)
def test_any_json_is_a_page_or_a_named_error(anything: Any) -> None:
    try:
        page = page_of(json.dumps({"result": "success", "products": anything}).encode())
    except GatewayProtocolError:
        return
    assert len(page.rows) + len(page.bad) == page.returned


@given(odd=st.lists(ANY_ROW, max_size=3))
def test_odd_rows_never_harm_the_row_beside_them(odd: list[dict[str, Any]]) -> None:
    beside = 987_654_321
    page = page_of(products([*odd, service(beside)]))
    numbers = [row.service_id for row in page.rows] + [row.service_id for row in page.bad if row.service_id]
    assert len(numbers) == len(set(numbers))
    assert len(page.rows) + len(page.bad) <= page.returned == len(odd) + 1
    assert page.rows[-1].service_id == beside
    for row in page.rows:
        page.first_password(row.service_id)


@given(body=st.binary(max_size=200))
def test_any_bytes_are_a_named_error(body: bytes) -> None:
    with pytest.raises(BillingError):
        page_of(body)
