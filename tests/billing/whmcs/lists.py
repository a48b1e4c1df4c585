"""Lists of services that change and misbehave, without the network."""

import json
from collections.abc import Callable
from typing import Any

from billing.whmcs import Page
from billing.whmcs.envelope import Call
from billing.whmcs.reader import Asked, RowFormat, RowReader
from billing.whmcs.transport import Answer
from tests.billing.whmcs.wire import products, service

Row = dict[str, Any]
POISON: Row = {"poison": True}


class Shop:
    """A list of services that changes and misbehaves as told, read by the real parser without the network."""

    def __init__(self, rows: list[Row], *, total: int | None = None, most: int | None = None) -> None:
        self.rows = rows
        self.total = total
        self.most = most  # rows that it sends at most, whatever it is asked for
        self.ignores_window = False
        self.repeats = 0  # rows of each page that it sends a second time
        self.before_call: Callable[[int, int, int], None] = lambda call, start, size: None
        self.calls: list[tuple[int, int]] = []
        self._reader = RowReader(RowFormat())

    def fetch_products(self, *, product_id: int, limitstart: int, limitnum: int) -> Page:
        self.calls.append((limitstart, limitnum))
        self.before_call(len(self.calls), limitstart, limitnum)
        start = 0 if self.ignores_window else limitstart
        rows = self.rows[start : start + min(limitnum, self.most or limitnum)]
        rows += rows[: self.repeats]
        total = len(self.rows) if self.total is None else self.total
        body = products(rows, total)
        if any(row is POISON for row in rows):
            message = "Error generating JSON encoded response: Malformed UTF-8 characters"
            body = json.dumps({"result": "error", "message": message}).encode()
        asked = Asked(product_id=product_id, start=limitstart)
        return self._reader.read(Answer(200, body, "", ""), asked, Call("GetClientsProducts", str))


def rows(count: int) -> list[Row]:
    return [service(number) for number in range(1, count + 1)]
