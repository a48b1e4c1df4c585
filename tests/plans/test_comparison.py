"""Two spellings above each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.comparison import Column, compare


def differing(left: str, right: str) -> list[tuple[str, str]]:
    return [shown(column) for column in compare(left, right) if column.differs]


def shown(column: Column) -> tuple[str, str]:
    left, right = column.left, column.right
    return (f"{left.shown} {left.code_point}" if left else "", f"{right.shown} {right.code_point}" if right else "")


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        ("Pro", "Pro", []),
        ("Pro ", "Pro", [("\u2423 U+0020", "")]),
        ("Pro\u00a0Max", "Pro Max", [("\u2423 U+00A0", "\u2423 U+0020")]),
        ("pro", "Pro", [("p U+0070", "P U+0050")]),
        ("\u0420ro", "Pro", [("\u0420 U+0420", "P U+0050")]),
        ("Cafe\u0301", "Caf\u00e9", [("e U+0065", "\u00e9 U+00E9"), ("\u25cc\u0301 U+0301", "")]),
        ("P\u200bro", "Pro", [("\u25a1 U+200B", "")]),
        ("", "Pro", [("", "P U+0050"), ("", "r U+0072"), ("", "o U+006F")]),
    ],
)
def test_each_difference_is_at_its_place_with_its_code_point(
    left: str, right: str, found: list[tuple[str, str]]
) -> None:
    assert differing(left, right) == found


def test_a_character_is_named() -> None:
    (column,) = compare("\u00a0", "x")
    assert column.left is not None
    assert column.left.name == "NO-BREAK SPACE"


@given(st.text(max_size=20), st.text(max_size=20))
def test_nothing_of_either_text_is_lost(left: str, right: str) -> None:
    columns = compare(left, right)
    for text, glyphs in ((left, [c.left for c in columns]), (right, [c.right for c in columns])):
        assert [g.code_point for g in glyphs if g] == [f"U+{ord(character):04X}" for character in text]
    assert any(c.differs for c in columns) == (left != right)
