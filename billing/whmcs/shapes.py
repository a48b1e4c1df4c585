"""The forms in which PHP writes a list as JSON. WHMCS has been seen to send all of them.

`{"product": [...]}` is usual (WHMCS developer docs, getclientsproducts). A single entry may stand without its list, the
list may be an object with numbers or ids as keys, the outer object may be missing, an empty list may be "", null, [] or
{}, and old versions flatten everything to keys such as `products[product][0][id]`.
Values stay undecoded, so what nobody asks for never becomes a Python string.
"""

import re
from typing import TypeAlias

import msgspec
from msgspec import Raw

_FLAT = re.compile(r"(\w+)((?:\[\w+\]){1,8})")
_Tree: TypeAlias = "dict[str, _Tree | Raw]"

_decode_node = msgspec.json.Decoder(dict[str, Raw] | list[Raw] | str | None).decode


class UnknownShape(ValueError):
    """None of the forms above."""


def as_list(node: Raw | None, child: str) -> list[Raw]:
    """The entries of `{child: [...]}` in any of its forms; blank entries are dropped. Raises UnknownShape."""
    value = _decode(node)
    if isinstance(value, dict) and value and not _has_number_keys(value):
        if child not in value:
            raise UnknownShape(child)
        value = _decode(value[child])
    return [entry for entry in _entries(value, child) if bytes(entry).strip() not in {b"null", b'""'}]


def unflatten(envelope: dict[str, Raw]) -> dict[str, Raw]:
    """Turn keys such as `products[product][0][id]` into the objects they stand for. Raises UnknownShape."""
    flat = {key: match for key in envelope if (match := _FLAT.fullmatch(key))}
    if not flat:
        return envelope
    tree: _Tree = {}
    for key, match in flat.items():
        node = tree
        path = [str(match[1]), *str(match[2])[1:-1].split("][")]
        last = path.pop()
        for part in path:
            below = node.setdefault(part, {})
            if not isinstance(below, dict):
                raise UnknownShape(key)
            node = below
        node[last] = envelope[key]
    rest = {key: raw for key, raw in envelope.items() if key not in flat}
    return rest | {key: Raw(msgspec.json.encode(below)) for key, below in tree.items()}


def _decode(node: Raw | None) -> dict[str, Raw] | list[Raw] | str | None:
    try:
        return None if node is None else _decode_node(node)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise UnknownShape from None


def _entries(value: dict[str, Raw] | list[Raw] | str | None, child: str) -> list[Raw]:
    if value is None or value == "":
        return []
    if isinstance(value, str):
        raise UnknownShape(child)
    if isinstance(value, list):
        return value
    if _has_number_keys(value):
        return list(value.values())
    return [Raw(msgspec.json.encode(value))]  # one entry instead of a list of one


def _has_number_keys(value: dict[str, Raw]) -> bool:
    """Whether it is a list with its indexes as keys. An empty object is one: PHP's empty list."""
    return all(key.isdigit() for key in value)
