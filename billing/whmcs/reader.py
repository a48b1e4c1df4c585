"""Reads an answer to GetClientsProducts into a Page.

A usual page is decoded in one step, directly into the few fields that matter. If that fails, because of one odd row or
an old format, the page is read row by row, so that only the odd row is bad.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from msgspec import Raw

from billing.errors import ErrorCode, GatewayProtocolError
from billing.whmcs.duplicates import has_duplicates, merge_duplicates
from billing.whmcs.envelope import Call, Envelope, read_envelope
from billing.whmcs.names import name_matcher
from billing.whmcs.page import BadRow, Page, RowProblem
from billing.whmcs.plan_option import plan_parser
from billing.whmcs.rows import Row, parse_facts, parse_unusual_row
from billing.whmcs.shapes import UnknownShape, as_list, unflatten
from billing.whmcs.transport import Answer
from billing.whmcs.values import decode_object, parse_id, parse_scalar


@dataclass(frozen=True, slots=True)
class RowFormat:
    """The operator's names for the plan option and the password field."""

    plan_option: str = "Plan"
    password_field: str = "Password"  # noqa: S105 - the name of a field


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call asked for. WHMCS ignores filters that it does not understand, so every row is checked against it."""

    product_id: int | None = None
    service_id: int | None = None
    start: int = 0

    def covers(self, service_id: int, product_id: int) -> bool:
        return self.product_id in (None, product_id) and self.service_id in (None, service_id)


class _Products(msgspec.Struct):
    product: list[Row]


class _UsualPage(msgspec.Struct):
    result: str
    products: _Products
    totalresults: int | str | None = None


_decode_page = msgspec.json.Decoder(_UsualPage, strict=False).decode
_decode_row = msgspec.json.Decoder(Row, strict=False).decode


class RowReader:
    """Reads pages in one RowFormat. Safe to use from several threads."""

    def __init__(self, row_format: RowFormat) -> None:
        self._parse_plan = plan_parser(row_format.plan_option)
        self._is_password = name_matcher(row_format.password_field)

    def read(self, answer: Answer, asked: Asked, call: Call) -> Page:
        """The page that an answer holds. Raises the BillingError that the answer stands for."""
        if answer.status == 200:
            try:
                page = _decode_page(answer.body)
            except (msgspec.MsgspecError, ValueError, RecursionError):
                pass
            else:
                if page.result == "success" and page.products.product:
                    return self._page(page.totalresults, page.products.product, asked)
        envelope = read_envelope(answer, call)
        try:
            envelope = unflatten(envelope)
            entries = as_list(envelope.get("products"), "product")
        except UnknownShape:
            raise GatewayProtocolError(ErrorCode.UNKNOWN_SHAPE, container="products") from None
        _ensure_plausible(envelope, entries)
        return self._page(_count(envelope, "totalresults"), entries, asked)

    def empty_page(self) -> Page:
        """The page of a service that WHMCS says it does not know."""
        return self._page(0, [], Asked())

    def _page(self, total: int | str | None, entries: Sequence[Row | Raw], asked: Asked) -> Page:
        page = Page(_parse_count(total), len(entries), [], [], [], {}, self._is_password)
        for position, entry in enumerate(entries, asked.start):
            try:
                row = entry if isinstance(entry, Row) else _read_row(entry)
                if not asked.covers(row.id, row.pid):
                    page.foreign_ids.append(row.id)
                    continue
                page.rows.append(parse_facts(row, self._parse_plan))
                page.custom_fields.setdefault(row.id, row.customfields)
            except RowProblem as problem:
                _add_bad_row(page, entry, position, problem, asked)
        if has_duplicates(page):
            merge_duplicates(page, asked.start)
        return page


def _read_row(raw: Raw) -> Row:
    try:
        return _decode_row(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return parse_unusual_row(raw)


def _add_bad_row(page: Page, entry: Row | Raw, position: int, problem: RowProblem, asked: Asked) -> None:
    """Add a bad row, with its id if that can be read. A bad row of another product counts as foreign."""
    service_id, product_id = _identify(entry)
    if service_id is not None and not asked.covers(service_id, product_id or asked.product_id or 0):
        page.foreign_ids.append(service_id)
    else:
        page.bad.append(BadRow(service_id, position, problem.code, problem.params))


def _identify(entry: Row | Raw) -> tuple[int | None, int | None]:
    """The service id and product id of a bad row, each None if it can't be read."""
    found: list[int | None] = []
    for name in ("id", "pid"):
        try:
            value = (
                getattr(entry, name) if isinstance(entry, Row) else parse_scalar(decode_object(entry).get(name), name)
            )
            found.append(parse_id(value, name))
        except RowProblem:
            found.append(None)
    return found[0], found[1]


def _ensure_plausible(envelope: Envelope, entries: Sequence[Raw]) -> None:
    """Raise GatewayProtocolError if the answer holds no services but does not say that there are none."""
    if entries:
        return
    returned = read_count(envelope, "numreturned")
    if returned:
        raise GatewayProtocolError(ErrorCode.COUNT_MISMATCH, claimed=str(returned))
    total = read_count(envelope, "totalresults")
    if "products" not in envelope and returned is None and total != 0:
        raise GatewayProtocolError(ErrorCode.MISSING_CONTAINER, container="products")


def read_count(envelope: Envelope, name: str) -> int | None:
    """A counter of the envelope; None if it is absent or not a number."""
    return _parse_count(_count(envelope, name))


def _count(envelope: Envelope, name: str) -> int | str | None:
    try:
        value = parse_scalar(envelope.get(name), name)
    except RowProblem:
        return None
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def _parse_count(value: int | str | None) -> int | None:
    """A count of 0 or more; None for anything else."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
