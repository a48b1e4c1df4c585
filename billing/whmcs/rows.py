"""One service as it stands in WHMCS's JSON, and the facts it stands for."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

import msgspec
from msgspec import Raw

from billing.facts import ServiceFacts, facts_of_columns
from billing.whmcs.envelope import without_lone_surrogates
from billing.whmcs.names import NameMatcher, name_matcher
from billing.whmcs.page import RowCode, RowProblem
from billing.whmcs.shapes import UnknownShape, as_list
from billing.whmcs.values import MAX_ID, checked_text, parse_date, parse_id, parse_scalar, parse_switch, show

# From the undecoded `configoptions` of a row to the plan's value, exactly as received. Raises RowProblem.
PlanParser = Callable[[bytes], str | None]

# Rows whose options are longer than this are rare, and not worth the memory.
_LONGEST_REMEMBERED = 2000


class Row(msgspec.Struct):
    """The fields we read, in their usual forms. All others, such as `password` and `notes`, are skipped undecoded.

    `overideautosuspend` and `overidesuspenduntil` are spelled as WHMCS spells them.
    """

    id: int
    clientid: int
    pid: int
    status: str
    nextduedate: str | None
    configoptions: Raw = Raw(b"null")
    customfields: Raw = Raw(b"null")
    overideautosuspend: str | int | bool | None = None
    overidesuspenduntil: str | None = None


def plan_parser(plan_option: str) -> PlanParser:
    """How to find the value of the option of this name. Whoever compares it with plans decides about spelling."""
    is_plan = name_matcher(plan_option)

    def parse(options: bytes) -> str | None:
        return _value_of(_parse_values(Raw(without_lone_surrogates(options)), is_plan))

    remembered = lru_cache(maxsize=1024)(parse)  # services of one product share a few choices of options
    return lambda options: remembered(options) if len(options) <= _LONGEST_REMEMBERED else parse(options)


def parse_facts(row: Row, parse_plan: PlanParser) -> ServiceFacts:
    """What a row says. Raises RowProblem."""
    if not (0 < row.id <= MAX_ID and 0 < row.clientid <= MAX_ID and 0 < row.pid <= MAX_ID):
        raise _bad_number(row)
    return facts_of_columns((
        row.id,
        row.clientid,
        row.pid,
        checked_text(row.status, "status"),
        parse_date(row.nextduedate, "nextduedate"),
        parse_plan(bytes(row.configoptions)),
        _parse_override(row) if row.overideautosuspend else None,
    ))  # fmt: skip


def parse_unusual_row(raw: Raw) -> Row:
    """A row field by field, for the forms that `Row` does not take. Raises RowProblem.

    Keys may come in any order, so id and product are read first: a row of another product is not ours to complain of.
    """
    fields = decode_object(raw)
    return Row(
        id=parse_id(parse_scalar(fields.get("id"), "id"), "id"),
        pid=parse_id(parse_scalar(fields.get("pid"), "pid"), "pid"),
        clientid=parse_id(parse_scalar(fields.get("clientid"), "clientid"), "clientid"),
        status=_parse_text(fields, "status"),
        nextduedate=_parse_text(fields, "nextduedate", allow_null=True),
        configoptions=fields.get("configoptions", Raw(b"null")),
        customfields=fields.get("customfields", Raw(b"null")),
        overideautosuspend=_parse_switch_value(fields),
        overidesuspenduntil=_parse_text(fields, "overidesuspenduntil", allow_null=True, allow_missing=True),
    )


def decode_object(raw: Raw) -> dict[str, Raw]:
    """The fields of a row, undecoded. Raises RowProblem."""
    try:
        return msgspec.json.decode(raw, type=dict[str, Raw])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise RowProblem(RowCode.NOT_AN_OBJECT) from None


def _bad_number(row: Row) -> RowProblem:
    fields = (("id", row.id), ("clientid", row.clientid), ("pid", row.pid))
    field, number = next(pair for pair in fields if not 0 < pair[1] <= MAX_ID)
    return RowProblem(RowCode.BAD_ID, field, show(number))


def _value_of(values: Sequence[str | int | None]) -> str | None:
    if len(values) > 1 and any(value != values[0] for value in values):
        raise RowProblem(RowCode.AMBIGUOUS_OPTION, "the plan option", show(values))
    if not values or values[0] is None or values[0] == "":
        return None
    return checked_text(str(values[0]), "the plan option")


def _parse_override(row: Row) -> date | None:
    if not parse_switch(row.overideautosuspend, "overideautosuspend"):
        return None
    return parse_date(row.overidesuspenduntil, "overidesuspenduntil") or date.max


def _parse_text(fields: dict[str, Raw], name: str, *, allow_null: bool = False, allow_missing: bool = False) -> str:
    if name not in fields and not allow_missing:
        raise RowProblem(RowCode.MISSING_FIELD, name)
    value = parse_scalar(fields.get(name), name)
    if value is None and allow_null:
        return ""
    if not isinstance(value, str):
        raise RowProblem(RowCode.BAD_TEXT, name, show(value))
    return value


def _parse_switch_value(fields: dict[str, Raw]) -> str | int | bool | None:
    value = parse_scalar(fields.get("overideautosuspend"), "overideautosuspend")
    if isinstance(value, float):
        raise RowProblem(RowCode.BAD_OVERRIDE, "overideautosuspend", show(value))
    return value


def _parse_values(raw: Raw | None, is_plan: NameMatcher) -> list[str | int | None]:
    """The values of the options that are called like the plan's; what the others are is not ours to complain of.

    One whose name can't be read counts only where none is called so: then it may be the plan's.
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
            if is_plan(_parse_text(option, "option")):
                plans.append(option)
        except RowProblem as problem:
            nameless = nameless or problem
    if nameless and not plans:
        raise nameless
    return [_parse_value(option) for option in plans]


def _parse_value(option: dict[str, Raw]) -> str | int | None:
    """Dropdowns have texts, quantities have numbers."""
    value = parse_scalar(option.get("value"), "an option's value")
    if isinstance(value, bool | float):
        raise RowProblem(RowCode.BAD_TEXT, "an option's value", show(value))
    return value
