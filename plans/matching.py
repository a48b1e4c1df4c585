"""Finds a plan by its exact name, and explains a miss.

Plain Python. Nothing here guesses: a value either equals a plan's name character by character or it does not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape

from plans.differences import Difference, differences, fold, show


@dataclass(frozen=True, slots=True)
class Match:
    """The plan that a value names."""

    plan_id: int


@dataclass(frozen=True, slots=True)
class Miss:
    """No plan, or more than one, has this name.

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
    """Find the plan (`plans` maps names to ids) that `value` names, the option's text as WHMCS sent it.

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
    """The ids of plans named like the value or one of its parts. One is a match; none or several are a miss."""
    return {plans[spelling] for spelling in spellings(value) if spelling in plans}


def _may_be_read_otherwise(value: str) -> bool:
    """Whether the value can be spelled in several ways."""
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
    """The most similar plan name, and the spelling of the value that it resembles."""

    def alike(pair: tuple[str, str]) -> float:
        return SequenceMatcher(None, fold(pair[0]), fold(pair[1]), autojunk=False).ratio()

    pairs = [(name, spelling) for name in sorted(plans) for spelling in spellings(value[:255])]
    return max(pairs, key=alike, default=(None, value))
