"""One service as it stands in WHMCS's JSON, and the facts it stands for."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec
from msgspec import Raw

from billing.whmcs.facts import ServiceFacts
from billing.whmcs.names import NameMatcher
from billing.whmcs.page import RowCode, RowProblem
from billing.whmcs.shapes import UnknownShape, as_list
from billing.whmcs.values import MAX_ID, checked_text, parse_date, parse_id, parse_scalar, parse_switch, show

_Blank = Literal[""] | None


class Option(msgspec.Struct):
    """A configurable option: dropdowns have texts, quantities have numbers."""

    option: str
    value: str | int | None


class Options(msgspec.Struct):
    configoption: list[Option] | Option | _Blank


class Row(msgspec.Struct):
    """The fields we read, in their usual forms. All others, such as `password` and `notes`, are skipped undecoded.

    `overideautosuspend` and `overidesuspenduntil` are spelled as WHMCS spells them.
    """

    id: int
    clientid: int
    pid: int
    status: str
    nextduedate: str | None
    configoptions: Options | list[Option] | _Blank = None
    customfields: Raw = Raw(b"null")
    overideautosuspend: str | int | bool | None = None
    overidesuspenduntil: str | None = None


def parse_facts(row: Row, is_plan: NameMatcher) -> ServiceFacts:
    """What a row says. Raises RowProblem."""
    for field, number in (("id", row.id), ("clientid", row.clientid), ("pid", row.pid)):
        if not 0 < number <= MAX_ID:
            raise RowProblem(RowCode.BAD_ID, field, show(number))
    return ServiceFacts(
        row.id,
        row.clientid,
        row.pid,
        checked_text(row.status, "status"),
        parse_date(row.nextduedate, "nextduedate"),
        _parse_plan_value(row, is_plan),
        _parse_override(row) if row.overideautosuspend else None,
    )


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
        configoptions=_parse_options(fields.get("configoptions")),
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


def _parse_plan_value(row: Row, is_plan: NameMatcher) -> str | None:
    """The plan option's value exactly as received: whoever compares it with plans decides about spelling."""
    options = row.configoptions
    chosen = options.configoption if isinstance(options, Options) else options
    if not chosen:
        return None
    return _value_of([chosen] if isinstance(chosen, Option) else chosen, is_plan)


def _value_of(options: Sequence[Option], is_plan: NameMatcher) -> str | None:
    values = [option.value for option in options if is_plan(option.option)]
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


def _parse_options(raw: Raw | None) -> list[Option]:
    try:
        entries = as_list(raw, "configoption")
    except UnknownShape:
        raise RowProblem(RowCode.UNKNOWN_SHAPE, "configoptions") from None
    return [_parse_option(entry) for entry in entries]


def _parse_option(raw: Raw) -> Option:
    fields = decode_object(raw)
    value = parse_scalar(fields.get("value"), "an option's value")
    if isinstance(value, bool | float):
        raise RowProblem(RowCode.BAD_TEXT, "an option's value", show(value))
    return Option(_parse_text(fields, "option"), value)
