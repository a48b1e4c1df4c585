"""Parses single values of a row: numbers, dates, switches and texts as WHMCS sends them. Others raise RowProblem."""

import re
from contextlib import suppress
from datetime import date
from functools import lru_cache

import msgspec
from msgspec import Raw

from billing.whmcs.entities import REPLACEMENT
from billing.whmcs.page import RowCode, RowProblem

MAX_ID = 2**63 - 1
LONGEST_TEXT = 1000
# PHP's date functions turn 0000-00-00 into the 30th of November of the year -1.
_UNSET_DATES = frozenset({"", "0000-00-00", "-0001-11-30"})
# WHMCS exists since 2003. A date long before that is a mistake, or some program's way to write that there is none.
_FIRST_DATE = date(1990, 1, 1)
_MIDNIGHT = " 00:00:00"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID = re.compile(r"\s*0*([1-9][0-9]{0,18})(?:\.0+)?\s*", re.ASCII)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_YES = frozenset({"1", "on", "yes", "true"})
_NO = frozenset({"", "0", "off", "no", "false"})

Scalar = str | int | float | bool | None
_scalars: msgspec.json.Decoder[Scalar] = msgspec.json.Decoder(Scalar)


def show(value: object) -> str:
    """The value as it may be stored and shown: escaped, and cut to 60 characters."""
    text = "null" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def decode_object(raw: Raw) -> dict[str, Raw]:
    """The fields of a row, undecoded. Raises RowProblem."""
    try:
        return msgspec.json.decode(raw, type=dict[str, Raw])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise RowProblem(RowCode.NOT_AN_OBJECT) from None


def parse_scalar(raw: Raw | None, field: str) -> Scalar:
    """Any single JSON value; None if it is absent. Raises RowProblem for lists and objects."""
    if raw is None:
        return None
    try:
        return _scalars.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise RowProblem(RowCode.BAD_TEXT, field, show(bytes(raw)[:60].decode("ascii", "replace"))) from None


def parse_text(fields: dict[str, Raw], name: str, *, allow_null: bool = False, allow_missing: bool = False) -> str:
    """A text field of a row; "" for null, or if it is missing, where that is allowed. Raises RowProblem."""
    if name not in fields and not allow_missing:
        raise RowProblem(RowCode.MISSING_FIELD, name)
    value = parse_scalar(fields.get(name), name)
    if value is None and allow_null:
        return ""
    if not isinstance(value, str):
        raise RowProblem(RowCode.BAD_TEXT, name, show(value))
    return value


def parse_id(value: Scalar, field: str) -> int:
    """An id of WHMCS, from 1 to 2**63 - 1: 17, "17", " 17", "0017" and 17.0 are all 17. Raises RowProblem."""
    if value is not None and not isinstance(value, bool):
        match = _ID.fullmatch(str(value))
        if match and int(match[1]) <= MAX_ID:
            return int(match[1])
    raise RowProblem(RowCode.BAD_ID, field, show(value))


@lru_cache(maxsize=4096)  # services of one gateway share a few hundred dates
def parse_date(text: str | None, field: str) -> date | None:
    """A date, or None for WHMCS's ways to write that there is none. Raises RowProblem for everything else."""
    day = (text or "").removesuffix(_MIDNIGHT)
    if day in _UNSET_DATES:
        return None
    with suppress(ValueError):
        if _DATE.fullmatch(day) and (found := date.fromisoformat(day)) >= _FIRST_DATE:
            return found
    raise RowProblem(RowCode.BAD_DATE, field, show(text))


def parse_switch(value: Scalar, field: str) -> bool:
    """A yes or no as PHP writes it. Raises RowProblem for anything else."""
    word = "" if value is None else str(value).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise RowProblem(RowCode.BAD_OVERRIDE, field, show(value))


@lru_cache(maxsize=4096)
def checked_text(text: str, field: str) -> str:
    """The text itself, if a database can hold it. Raises RowProblem for NUL, lone surrogates and very long texts."""
    if len(text) > LONGEST_TEXT:
        raise RowProblem(RowCode.TOO_LONG, field, show(text))
    if not is_storable(text):
        raise RowProblem(RowCode.UNSTORABLE_TEXT, field, show(text))
    return text


def is_storable(text: str) -> bool:
    """Whether a text has neither NUL, which PostgreSQL refuses, nor lone surrogates, which nothing can encode."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text))


def storable(text: str) -> str:
    """The text with REPLACEMENT for each character that no database can store."""
    return text if is_storable(text) else _UNSTORABLE.sub(REPLACEMENT, text)
