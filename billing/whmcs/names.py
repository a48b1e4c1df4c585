"""Finds a custom field or configurable option by the name that the operator entered."""

from collections.abc import Callable
from functools import lru_cache

from billing.whmcs.entities import unescape

NameMatcher = Callable[[str], bool]


def name_matcher(wanted: str) -> NameMatcher:
    """A function that tells whether a received name is the wanted one.

    WHMCS escapes names, keeps spaces around them, and sends either side of `internal|Label` or both (custom fields: the
    right side with its leading space, as published by operators; options: not documented). So entities are decoded
    once, surrounding space and letter case are ignored, and the whole name and both sides are compared.
    """
    wanted_forms = _forms(wanted)

    @lru_cache(maxsize=512)  # a page repeats the same few names in each of its rows
    def matches(name: str) -> bool:
        return not wanted_forms.isdisjoint(_forms(name))

    return matches


def _forms(name: str) -> set[str]:
    name = unescape(name)
    left, _, right = name.partition("|")
    return {text.strip().casefold() for text in (name, left, right)} - {""}
