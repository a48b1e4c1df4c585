"""Finds the plan's value among the configurable options of a service."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import Raw

from billing.whmcs.envelope import without_lone_surrogates
from billing.whmcs.names import NameMatcher, name_matcher
from billing.whmcs.page import RowCode, RowProblem
from billing.whmcs.shapes import UnknownShape, as_list
from billing.whmcs.values import checked_text, decode_object, parse_scalar, parse_text, show

# Takes the undecoded `configoptions` of a row and returns the plan's value, exactly as received. Raises RowProblem.
PlanParser = Callable[[bytes], str | None]

# Longer options are rare and not worth the memory of the cache.
_LONGEST_CACHED = 2000


def plan_parser(plan_option: str) -> PlanParser:
    """A function that finds the value of the option with this name. The value is not changed in any way."""
    is_plan = name_matcher(plan_option)

    def parse(options: bytes) -> str | None:
        return _value_of(_parse_values(Raw(without_lone_surrogates(options)), is_plan))

    cached = lru_cache(maxsize=1024)(parse)  # services of one product share a few choices of options
    return lambda options: cached(options) if len(options) <= _LONGEST_CACHED else parse(options)


def _parse_values(raw: Raw | None, is_plan: NameMatcher) -> list[str | int | None]:
    """The values of the options that are named like the plan option. Problems of other options are ignored.

    An option whose name can't be read is a problem only if no plan option is found: then it may be that one.
    """
    try:
        entries = as_list(raw, "configoption")
    except UnknownShape:
        raise RowProblem(RowCode.UNKNOWN_SHAPE, "configoptions") from None
    plans: list[dict[str, Raw]] = []
    nameless: RowProblem | None = None
    for entry in entries:
        try:
            option = decode_object(entry)
            if is_plan(parse_text(option, "option")):
                plans.append(option)
        except RowProblem as problem:
            nameless = nameless or problem
    if nameless and not plans:
        raise nameless
    return [_parse_value(option) for option in plans]


def _parse_value(option: dict[str, Raw]) -> str | int | None:
    """The value of an option: a text for a dropdown, a number for a quantity."""
    value = parse_scalar(option.get("value"), "an option's value")
    if isinstance(value, bool | float):
        raise RowProblem(RowCode.BAD_TEXT, "an option's value", show(value))
    return value


def _value_of(values: Sequence[str | int | None]) -> str | None:
    if len(values) > 1 and any(value != values[0] for value in values):
        raise RowProblem(RowCode.AMBIGUOUS_OPTION, "the plan option", show(values))
    if not values or values[0] is None or values[0] == "":
        return None
    return checked_text(str(values[0]), "the plan option")
