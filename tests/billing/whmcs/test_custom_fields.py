"""From the custom fields of a service to the first password, and to nothing else."""

from typing import Any

import pytest

from tests.billing.whmcs.reading import ENDLESS, page_of
from tests.billing.whmcs.wire import products, service


def test_only_the_wanted_custom_field_of_the_wanted_row_is_ever_decoded() -> None:
    fields = [{"name": "Other", "value": {"broken": [1]}}, {"name": "x| Password", "value": "a&amp;b"}]
    page = page_of(products([service(1, customfields={"customfield": fields}), service(2, customfields=17)]))
    password = page.first_password(1)
    assert password is not None
    assert password.reveal() == "a&amp;b"
    assert page.first_password(2) is None
    assert page.first_password(3) is None


@pytest.mark.parametrize(
    ("value", "typed"), [("abc", "abc"), (12345, "12345"), (1.50, "1.5"), ("", ""), (None, None), (True, None)]
)
def test_a_first_password_may_come_as_a_number(value: Any, typed: str | None) -> None:
    page = page_of(products([service(1, customfields={"customfield": [{"name": "Password", "value": value}]})]))
    password = page.first_password(1)
    assert (None if password is None else password.reveal()) == typed


@pytest.mark.parametrize(
    "other",
    [{"name": None, "value": "x"}, {"name": 7}, {"name": ["Password"]}, {"name": ENDLESS}, {}, None, "x", 5, []],
)
def test_another_custom_field_of_any_shape_keeps_nobody_from_their_first_password(other: object) -> None:
    fields = [other, {"name": "Password", "value": "typed in the cart"}]
    password = page_of(products([service(1, customfields={"customfield": fields})])).first_password(1)
    assert password is not None
    assert password.reveal() == "typed in the cart"


def test_two_password_fields_that_differ_are_none() -> None:
    fields = [{"name": "Password", "value": "a"}, {"name": "password", "value": "b"}]
    page = page_of(products([service(1, customfields={"customfield": fields})]))
    assert page.first_password(1) is None


def test_a_page_prints_no_custom_field() -> None:
    page = page_of(products([service(1)]))
    assert "cart" not in repr(page)
    assert "canary" not in repr(page)
