"""Reads one service from WHMCS's JSON into ServiceFacts. Everything unusable raises RowProblem."""

from datetime import date

import msgspec
from msgspec import Raw

from billing.facts import ServiceFacts, facts_of_columns
from billing.whmcs.page import RowCode, RowProblem
from billing.whmcs.plan_option import PlanParser
from billing.whmcs.values import (
    MAX_ID,
    checked_text,
    decode_object,
    parse_date,
    parse_id,
    parse_scalar,
    parse_switch,
    parse_text,
    show,
)


class Row(msgspec.Struct):
    """The fields that we read, in their usual types. All others, such as `password` and `notes`, are never decoded.

    `overideautosuspend` and `overidesuspenduntil` have WHMCS's spelling.
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


def parse_facts(row: Row, parse_plan: PlanParser) -> ServiceFacts:
    """The facts of a row. Raises RowProblem."""
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
    """Read a row field by field, for types that `Row` does not accept. Raises RowProblem.

    Id and product come first, because problems of another product's row must not be reported.
    """
    fields = decode_object(raw)
    return Row(
        id=parse_id(parse_scalar(fields.get("id"), "id"), "id"),
        pid=parse_id(parse_scalar(fields.get("pid"), "pid"), "pid"),
        clientid=parse_id(parse_scalar(fields.get("clientid"), "clientid"), "clientid"),
        status=parse_text(fields, "status"),
        nextduedate=parse_text(fields, "nextduedate", allow_null=True),
        configoptions=fields.get("configoptions", Raw(b"null")),
        customfields=fields.get("customfields", Raw(b"null")),
        overideautosuspend=_parse_switch_value(fields),
        overidesuspenduntil=parse_text(fields, "overidesuspenduntil", allow_null=True, allow_missing=True),
    )


def _bad_number(row: Row) -> RowProblem:
    fields = (("id", row.id), ("clientid", row.clientid), ("pid", row.pid))
    field, number = next(pair for pair in fields if not 0 < pair[1] <= MAX_ID)
    return RowProblem(RowCode.BAD_ID, field, show(number))


def _parse_override(row: Row) -> date | None:
    if not parse_switch(row.overideautosuspend, "overideautosuspend"):
        return None
    return parse_date(row.overidesuspenduntil, "overidesuspenduntil") or date.max


def _parse_switch_value(fields: dict[str, Raw]) -> str | int | bool | None:
    value = parse_scalar(fields.get("overideautosuspend"), "overideautosuspend")
    if isinstance(value, float):
        raise RowProblem(RowCode.BAD_OVERRIDE, "overideautosuspend", show(value))
    return value
