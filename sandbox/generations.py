"""How answers look: one switch for each way in which WHMCS versions differ, and presets for known generations.

The switches come from the history of the WHMCS developer documentation (getclientsproducts, getclientsdetails: one
sample response per documentation generation) and from shapes that authors of public clients met.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class ListForm(StrEnum):
    """How a list such as `products.product` is written."""

    LIST = "list"
    NUMBERED = "object with the keys 0, 1, 2"
    BY_ID = "object with the ids as keys"
    BARE = "list without the inner key"


class EmptyForm(StrEnum):
    """How an empty list is written, given the outer key `products` and the inner key `product`."""

    INNER_LIST = '{"product": []}'
    INNER_STRING = '{"product": ""}'
    STRING = '""'
    LIST = "[]"
    OBJECT = "{}"
    NULL = "null"
    ABSENT = "key absent"


class ClientForm(StrEnum):
    """Where GetClientsDetails has the client's columns."""

    NESTED = "only in `client`"
    ROOT = "only at the top level"
    BOTH = "in both places"


class Side(StrEnum):
    """Which part of a name in the form `internal|Friendly` is answered. Nothing is trimmed."""

    LEFT = "internal"
    RIGHT = "Friendly"
    WHOLE = "internal|Friendly"


class FieldValue(StrEnum):
    """How the value of a custom field is written."""

    RAW = "as typed"
    ESCAPED = "escaped once"
    DOUBLE_ESCAPED = "escaped twice"
    LINK = "wrapped in a link, as WHMCS does with addresses"
    CIPHERTEXT = "still encrypted"
    NULL = "null"
    ABSENT = "no value key"


@dataclass(frozen=True, slots=True)
class ListStyle:
    """How one level of lists is written."""

    form: ListForm = ListForm.LIST
    single_as_object: bool = False
    empty: EmptyForm = EmptyForm.INNER_LIST


@dataclass(frozen=True, slots=True)
class Generation:
    """The switches. The defaults are those of WHMCS 8.12's documentation."""

    name: str
    integer_ids: bool = False
    string_counters: bool = False
    products: ListStyle = ListStyle()
    inner_lists: ListStyle = ListStyle()
    flattened: bool = False
    with_quantity: bool = True
    with_order_number: bool = True
    client_form: ClientForm = ClientForm.NESTED
    integer_client_ids: bool = True
    real_booleans: bool = True
    with_users: bool = True
    with_client_secrets: bool = False
    with_warnings: bool = False
    escaped: bool = True
    field_value: FieldValue = FieldValue.ESCAPED
    field_names: Side = Side.RIGHT
    option_names: Side = Side.RIGHT
    option_values: Side = Side.RIGHT
    default_limit: int | None = 25
    unknown_service_is_an_error: bool = False


_DOCS_8_12 = Generation("8.12")
_DOCS_7 = replace(
    _DOCS_8_12,
    name="7",
    string_counters=True,
    with_quantity=False,
    with_order_number=False,
    client_form=ClientForm.ROOT,
    integer_client_ids=False,
    real_booleans=False,
    with_users=False,
    with_client_secrets=True,
    field_value=FieldValue.RAW,
    escaped=False,
)

GENERATIONS: dict[str, Generation] = {
    generation.name: generation
    for generation in (
        replace(
            _DOCS_7,
            name="2016",
            flattened=True,
            escaped=True,
            field_value=FieldValue.ESCAPED,
            products=ListStyle(empty=EmptyForm.STRING),
            inner_lists=ListStyle(empty=EmptyForm.INNER_STRING),
        ),
        _DOCS_7,
        replace(_DOCS_8_12, name="8.0", with_quantity=False, client_form=ClientForm.BOTH),
        _DOCS_8_12,
        replace(_DOCS_8_12, name="9", integer_ids=True, field_value=FieldValue.RAW, escaped=False),
        replace(
            _DOCS_8_12,
            name="odd",
            integer_ids=True,
            string_counters=True,
            products=ListStyle(ListForm.NUMBERED, single_as_object=True, empty=EmptyForm.STRING),
            inner_lists=ListStyle(ListForm.NUMBERED, single_as_object=True, empty=EmptyForm.INNER_STRING),
            client_form=ClientForm.ROOT,
            integer_client_ids=False,
            with_users=False,
            with_client_secrets=True,
            with_warnings=True,
            field_names=Side.LEFT,
            option_names=Side.LEFT,
            option_values=Side.LEFT,
            unknown_service_is_an_error=True,
        ),
    )
}
"""Presets by name: 2016 (flattened keys), 7 (numeric strings, root client), 8.0, 8.12, 9 (integers), odd."""

DEFAULT_GENERATION = _DOCS_8_12
