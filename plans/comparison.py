"""Two spellings, one above the other, so that a person sees character by character where they part.

Plain Python.
"""

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: something to look at, its code point and its name in Unicode."""

    shown: str
    code_point: str
    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """What stands at one place in both texts; None where one of them has nothing there."""

    left: Glyph | None
    right: Glyph | None

    @property
    def differs(self) -> bool:
        return self.left != self.right


def compare(left: str, right: str) -> list[Column]:
    """Both texts, aligned."""
    columns = []
    for _, begin, end, start, stop in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        pairs = zip_longest(left[begin:end], right[start:stop])
        columns += [Column(_glyph(a), _glyph(b)) for a, b in pairs]
    return columns


def _glyph(character: str | None) -> Glyph | None:
    if character is None:
        return None
    return Glyph(_shown(character), f"U+{ord(character):04X}", unicodedata.name(character, ""))


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Zs":
        return "\u2423"
    if category == "Mn":
        return f"\u25cc{character}"
    return character if character.isprintable() else "\u25a1"
