"""Finding a plan by its exact name, and explaining a miss so that a person sees it.

Plain Python. Nothing here guesses: a value either equals a plan's name character by character or it does not.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html import unescape


class Difference(StrEnum):
    """How a value differs from the nearest plan's name."""

    SURROUNDING_SPACE = "surrounding_space"
    UNUSUAL_SPACE = "unusual_space"
    LETTER_CASE = "letter_case"
    COMPOSED_ACCENT = "composed_accent"
    LOOK_ALIKE = "look_alike"
    INVISIBLE = "invisible"
    OTHER_TEXT = "other_text"


@dataclass(frozen=True, slots=True)
class Match:
    """The plan that a value names."""

    plan_id: int


@dataclass(frozen=True, slots=True)
class Miss:
    """No plan, or more than one, is spelled like the value.

    `value` and `nearest` are the two spellings as they are; `value_shown` and `nearest_shown` have their
    differing characters made visible. `nearest` is None where there is no plan at all. `spelling` is what of the value
    was compared with it: decoded, and of the `internal|Friendly` form one side or the whole.
    """

    value: str
    value_shown: str
    spelling: str = ""
    nearest: str | None = None
    nearest_shown: str | None = None
    differences: tuple[Difference, ...] = ()
    ambiguous: bool = False


def match_plan(value: str, plans: Mapping[str, int]) -> Match | Miss:
    """Find the plan (`plans` is name -> id) that `value`, the option's text as WHMCS sent it, names.

    HTML entities are decoded once, because WHMCS stores what people type escaped. Of WHMCS's
    `internal|Friendly` form either side may be the equal one; two sides that name two plans are a miss.
    """
    if value in plans and not _may_be_read_otherwise(value):
        return Match(plans[value])
    found = named_plans(value, plans)
    if len(found) == 1:
        return Match(found.pop())
    return _explain(value, plans, ambiguous=bool(found))


def named_plans(value: str, plans: Mapping[str, int]) -> set[int]:
    """The plans that are spelled like the value or a part of it: one is a match, none or several are a miss."""
    return {plans[spelling] for spelling in spellings(value) if spelling in plans}


def _may_be_read_otherwise(value: str) -> bool:
    """Whether a value has other spellings than the one it has."""
    return "&" in value or "|" in value


def spellings(value: str) -> tuple[str, ...]:
    """The texts that may equal a plan's name, the whole first."""
    decoded = unescape(value)
    left, pipe, right = decoded.partition("|")
    candidates = [value, decoded, *([left, right] if pipe else [])]
    return tuple(dict.fromkeys(text for text in candidates if text))


def _explain(value: str, plans: Mapping[str, int], *, ambiguous: bool) -> Miss:
    nearest, spelling = _nearest(value, plans)
    if nearest is None:
        return Miss(value, show(value), spelling=spelling)
    return Miss(
        value=value,
        value_shown=show(spelling, against=nearest),
        spelling=spelling,
        nearest=nearest,
        nearest_shown=show(nearest, against=spelling),
        differences=differences(spelling, nearest),
        ambiguous=ambiguous,
    )


def _nearest(value: str, plans: Iterable[str]) -> tuple[str | None, str]:
    """The plan's name that looks most like the value, and the spelling of the value that it resembles."""

    def alike(pair: tuple[str, str]) -> float:
        return SequenceMatcher(None, fold(pair[0]), fold(pair[1]), autojunk=False).ratio()

    pairs = [(name, spelling) for name in sorted(plans) for spelling in spellings(value[:255])]
    return max(pairs, key=alike, default=(None, value))


def differences(value: str, name: str) -> tuple[Difference, ...]:
    """Why two texts that may look equal are not: every reason that applies, in a fixed order.

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
    """`text` with what the eye misses made visible; a letter that only looks like its twin in `against` too.

    Spaces at the ends become `\u2423`, other odd characters their code point, as in `Pro[U+00A0]Max`.
    """
    twins = set(against) if against else set(text)
    inner = text.strip(" ")
    start = text.index(inner) if inner else len(text)
    return "\u2423" * start + "".join(_shown(c, twins) for c in inner) + "\u2423" * (len(text) - start - len(inner))


def fold(text: str) -> str:
    """What remains when everything that could be a slip of the keyboard is taken away; only to find a neighbour."""
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


# Cyrillic and Greek letters that fonts draw like Latin ones: the usual source of a name nobody can see is wrong.
LOOK_ALIKES = dict(
    zip(
        "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456"
        "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",
        "ABEKMHOPCTXaeopcyxiABEZHIKMNOPTYXo",
        strict=True,
    )
)
LATIN = str.maketrans(LOOK_ALIKES)
