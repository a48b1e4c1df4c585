"""Aligns two spellings character by character, so that a person sees where they differ.

Plain Python.
"""

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: its visible form, its code point and its Unicode name."""

    shown: str
    code_point: str
    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """One position in both texts; None if a text has no character there."""

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
