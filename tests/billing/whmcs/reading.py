"""Pages as RowReader reads them, and the usual service."""

from datetime import date
from typing import Any

from billing.whmcs import BadRow, Page, RowFormat, ServiceFacts
from billing.whmcs.envelope import Call
from billing.whmcs.reader import Asked, RowReader
from billing.whmcs.transport import Answer
from tests.billing.whmcs.wire import products, service

# A name with an entity whose number Python refuses to read.
ENDLESS = f"&#{'9' * 5000};"
FACTS = ServiceFacts(1, 7, 3, "Active", date(2026, 12, 1), "Basic", None)


def page_of(body: bytes, asked: Asked | None = None, row_format: RowFormat | None = None) -> Page:
    reader = RowReader(row_format or RowFormat())
    return reader.read(Answer(200, body, "", ""), asked or Asked(), Call("GetClientsProducts", str))


def facts_of(**fields: Any) -> ServiceFacts:
    """The facts of one service that differs from the usual one in `fields`."""
    page = page_of(products([service(1, **fields)]))
    assert not page.bad
    return page.rows[0]


def problem_of(**fields: Any) -> BadRow:
    """Why a service that differs in `fields` is put aside, while the one beside it is not."""
    page = page_of(products([service(1, **fields), service(2)]))
    assert [row.service_id for row in page.rows] == [2]
    assert page.returned == 2
    [bad] = page.bad
    return bad
