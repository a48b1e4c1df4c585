"""How two spellings differ that look the same to a person. Plain Python."""

import unicodedata
from enum import StrEnum


class Difference(StrEnum):
    """How a value differs from the nearest plan's name."""

    SURROUNDING_SPACE = "surrounding_space"
    UNUSUAL_SPACE = "unusual_space"
    LETTER_CASE = "letter_case"
    COMPOSED_ACCENT = "composed_accent"
    LOOK_ALIKE = "look_alike"
    INVISIBLE = "invisible"
    OTHER_TEXT = "other_text"


def differences(value: str, name: str) -> tuple[Difference, ...]:
    """All reasons why two texts that may look equal are not, in a fixed order.

    Each step undoes one kind of difference in both texts and asks whether that brought them closer.
    """
    steps = (
        (Difference.SURROUNDING_SPACE, str.strip),
        (Difference.INVISIBLE, _without_invisible),
        (Difference.UNUSUAL_SPACE, _with_plain_spaces),
        (Difference.COMPOSED_ACCENT, _composed),
        (Difference.LOOK_ALIKE, _with_latin_letters),
        (Difference.LETTER_CASE, str.casefold),
    )
    found = []
    for difference, undo in steps:
        undone_value, undone_name = undo(value), undo(name)
        if (undone_value == value) != (undone_name == name) or (value != name and undone_value == undone_name):
            found.append(difference)
        value, name = undone_value, undone_name
    if value != name:
        found.append(Difference.OTHER_TEXT)
    return tuple(found)


def show(text: str, against: str = "") -> str:
    """`text` with invisible differences made visible, including letters that only look like those in `against`.

    Spaces at the ends become `\u2423`, other odd characters their code point, as in `Pro[U+00A0]Max`.
    """
    twins = set(against) if against else set(text)
    inner = text.strip(" ")
    start = text.index(inner) if inner else len(text)
    return "\u2423" * start + "".join(_shown(c, twins) for c in inner) + "\u2423" * (len(text) - start - len(inner))


def fold(text: str) -> str:
    """A folded form of the text, only to find the nearest name."""
    return _with_latin_letters(_composed(_with_plain_spaces(_without_invisible(text)))).strip().casefold()


def _shown(character: str, twins: set[str]) -> str:
    odd = (
        not character.isprintable()
        or unicodedata.category(character) in {"Zs", "Cf", "Mn"} - {"Zs" if character == " " else ""}
        or (character in LOOK_ALIKES and character not in twins)
    )
    return f"[U+{ord(character):04X}]" if odd else character


def _without_invisible(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cc"})


def _with_plain_spaces(text: str) -> str:
    return "".join(" " if unicodedata.category(c) == "Zs" else c for c in text)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _with_latin_letters(text: str) -> str:
    return text.translate(LATIN)


# Cyrillic and Greek letters that look like Latin ones: the usual cause of a wrong name that looks right.
LOOK_ALIKES = dict(
    zip(
        "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456"
        "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",
        "ABEKMHOPCTXaeopcyxiABEZHIKMNOPTYXo",
        strict=True,
    )
)
LATIN = str.maketrans(LOOK_ALIKES)
