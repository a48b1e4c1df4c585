"""One page of services for the connection doctor: also what a run ignores, but only names, never values."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec import Raw

from billing.whmcs.entities import unescape
from billing.whmcs.envelope import Call, Envelope, is_noisy, read_envelope, text_of
from billing.whmcs.page import Page, RowProblem
from billing.whmcs.reader import Asked, RowReader, read_count
from billing.whmcs.shapes import UnknownShape, as_list, unflatten
from billing.whmcs.transport import Answer
from billing.whmcs.values import decode_object, parse_id, parse_scalar

LONGEST_NAME = 60


@dataclass(slots=True)
class Sample:
    """One window of a list. `start` and `limit` were asked for; the counters are WHMCS's, None if it sent none.

    `products` maps product numbers to names. `options` and `fields` are the names of the configurable options and
    custom fields of the wanted product, in the order of their first appearance.
    """

    page: Page
    start: int
    limit: int
    claimed_start: int | None
    claimed_returned: int | None
    is_noisy: bool
    ids: list[int] = field(default_factory=list)
    products: dict[int, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)


def read_sample(reader: RowReader, answer: Answer, asked: Asked, limit: int, call: Call) -> Sample:
    """The sample that an answer holds. Raises the BillingError that the answer stands for."""
    page = reader.read(answer, asked, call)
    envelope = unflatten(read_envelope(answer, call))
    sample = Sample(
        page=page,
        start=asked.start,
        limit=limit,
        claimed_start=read_count(envelope, "startnumber"),
        claimed_returned=read_count(envelope, "numreturned"),
        is_noisy=is_noisy(answer.body),
    )
    for raw in as_list(envelope.get("products"), "product"):
        _take(sample, raw, asked)
    return sample


def _take(sample: Sample, raw: Raw, asked: Asked) -> None:
    try:
        fields = decode_object(raw)
        service_id = parse_id(parse_scalar(fields.get("id"), "id"), "id")
        product_id = parse_id(parse_scalar(fields.get("pid"), "pid"), "pid")
    except RowProblem:
        return
    sample.ids.append(service_id)
    sample.products.setdefault(product_id, _shown(fields.get("name")))
    if asked.covers(service_id, product_id):
        _add_new(sample.options, _names(fields, "configoptions", "configoption", "option"))
        _add_new(sample.fields, _names(fields, "customfields", "customfield", "name"))


def _names(fields: Envelope, outer: str, inner: str, key: str) -> Iterator[str]:
    try:
        for entry in as_list(fields.get(outer), inner):
            yield _shown(decode_object(entry).get(key))
    except (UnknownShape, RowProblem):
        return


def _add_new(known: list[str], names: Iterator[str]) -> None:
    known.extend(name for name in names if name and name not in known)


def _shown(raw: Raw | None) -> str:
    """A name from WHMCS as it may be shown: in one line, and cut."""
    text = unescape(text_of(raw))
    return "".join(char if char.isprintable() else " " for char in text)[:LONGEST_NAME]
