"""JSON and HTML as PHP writes them."""

import json
from collections.abc import Sequence
from enum import Enum
from itertools import groupby

from sandbox.generations import EmptyForm, FieldValue, ListForm, ListStyle, Side

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#039;"}
_ESCAPE_TABLE = str.maketrans(_ESCAPES)


class RawJson(str):
    """A value that is JSON text already and is written as it stands, valid or not."""

    __slots__ = ()


class Missing(Enum):
    """The type of `MISSING`."""

    MISSING = "left out"


MISSING = Missing.MISSING
"""The value of a key that is to be left out of an object."""


def encode(value: object) -> str:
    """Return JSON text as PHP's json_encode: ASCII only, slashes escaped."""
    if isinstance(value, RawJson):
        return str(value)
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def encode_object(columns: dict[str, object]) -> str:
    """Return a JSON object; values may be RawJson, or MISSING."""
    parts = []
    columns = {key: value for key, value in columns.items() if value is not MISSING}
    for is_raw, group in groupby(columns.items(), lambda pair: isinstance(pair[1], RawJson)):
        if is_raw:
            parts += [f"{encode(key)}:{value}" for key, value in group]
        else:
            parts.append(encode(dict(group))[1:-1])
    return "{" + ",".join(parts) + "}"


def encode_list(style: ListStyle, inner_key: str, items: Sequence[str], ids: Sequence[object]) -> RawJson | None:
    """Return the value of an outer key such as `products`, in the given style; None if the key is to be left out.

    `items` are JSON texts, `ids` their ids in the same order.
    """
    if not items:
        return _encode_empty(style, inner_key)
    if style.form == ListForm.BARE:
        return RawJson(f"[{','.join(items)}]")
    if style.single_as_object and len(items) == 1:
        inner = items[0]
    elif style.form == ListForm.LIST:
        inner = f"[{','.join(items)}]"
    else:
        keys = ids if style.form == ListForm.BY_ID else range(len(items))
        inner = "{" + ",".join(f'"{key}":{item}' for key, item in zip(keys, items, strict=True)) + "}"
    return RawJson(f'{{"{inner_key}":{inner}}}')


def _encode_empty(style: ListStyle, inner_key: str) -> RawJson | None:
    if style.empty == EmptyForm.ABSENT:
        return None
    return RawJson(style.empty.value.replace('"product"', f'"{inner_key}"'))


def flatten(key: str, value: object) -> dict[str, object]:
    """Return nested JSON as the 2016 documentation writes it: `products[product][0][id]`."""
    if not isinstance(value, dict | list) or not value:
        return {key: value}
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    flat: dict[str, object] = {}
    for name, child in pairs:
        flat |= flatten(f"{key}[{name}]", child)
    return flat


def escape_html(text: str) -> str:
    """Escape as PHP's htmlspecialchars with ENT_QUOTES."""
    return text.translate(_ESCAPE_TABLE)


def take_side(text: str, side: Side) -> str:
    """Return one part of `internal|Friendly`, untrimmed; a text without a pipe as it is."""
    left, pipe, right = text.partition("|")
    if not pipe or side == Side.WHOLE:
        return text
    return left if side == Side.LEFT else right


def encode_field_value(text: str, form: FieldValue) -> object:
    """Return the `value` of a custom field; MISSING if the key is to be left out."""
    escaped, cipher = escape_html(text), text.encode("utf-8", "surrogatepass").hex()[::-1]
    forms: dict[FieldValue, object] = {
        FieldValue.RAW: text,
        FieldValue.ESCAPED: escaped,
        FieldValue.DOUBLE_ESCAPED: escape_html(escaped),
        FieldValue.LINK: f'<a href="{escaped}" rel="nofollow noreferrer noopener" target="_blank">{escaped}</a>',
        FieldValue.CIPHERTEXT: "vNRQzRPKQA6obJpHMHCBivS0D9/+" + cipher + "==",
        FieldValue.NULL: None,
        FieldValue.ABSENT: MISSING,
    }
    return forms[form]
