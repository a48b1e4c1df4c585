"""GetClientsProducts: from the parameters to a page of rows. Rows are kept as text until their service changes."""

import json
import re
import threading
from collections.abc import Sequence

from sandbox.encoding import RawJson, encode_list, flatten
from sandbox.generations import Generation
from sandbox.interference import Interference, Page, ProductQuery
from sandbox.records import Service
from sandbox.rows import build_row, encode_row, number
from sandbox.shop import Shop
from sandbox.wire import Call, Reply, error_reply, json_reply

UNENCODABLE = "Error generating JSON encoded response: Malformed UTF-8 characters, possibly incorrectly encoded"


def parse_query(call: Call, generation: Generation) -> ProductQuery:
    """Read the parameters as PHP would: what is no number, or 0, is no filter; unknown parameters are ignored."""
    params = call.params
    return ProductQuery(
        start=_php_int(params.get("limitstart", "")),
        limit=_php_int(params.get("limitnum", "")) or generation.default_limit,
        client_id=_php_int(params.get("clientid", "")) or None,
        service_id=_php_int(params.get("serviceid", "")) or None,
        pid=_php_int(params.get("pid", "")) or None,
        domain=params.get("domain", ""),
        username=params.get("username2", ""),
    )


def _php_int(text: str) -> int:
    match = re.match(r"\s*\d{1,18}", text)
    return int(match.group()) if match else 0


def _echo(value: str | None, generation: Generation) -> str | int | None:
    return int(value) if value and value.isdecimal() and len(value) < 19 and generation.integer_ids else value


class ProductListing:
    """Answers the action for one shop."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._lock = threading.Lock()
        self._generation: Generation | None = None
        self._rows: dict[int, tuple[Service, str]] = {}

    def answer(self, call: Call, generation: Generation, interference: Interference) -> Reply:
        """Return the page that the call asks for."""
        query = interference.change_query(parse_query(call, generation))
        services = interference.change_services(self._matching(query))
        if query.service_id and not services and generation.unknown_service_is_an_error:
            return error_reply("Service ID not found")
        end = None if query.limit is None else query.start + query.limit
        page = interference.change_page(Page(tuple(services[query.start : end]), len(services)))
        if page.unencodable:
            return error_reply(UNENCODABLE)
        return json_reply(self._envelope(call, query.start, page, generation, interference))

    def _matching(self, query: ProductQuery) -> Sequence[Service]:
        if query.service_id:
            one = self._shop.services.get(query.service_id)
            found: Sequence[Service] = [one] if one and query.pid in (None, one.pid) else []
        else:
            found = self._shop.listing(query.pid)
        if query.client_id:
            found = [service for service in found if service.client_id == query.client_id]
        if query.domain:
            found = [service for service in found if service.domain == query.domain]
        if query.username:
            found = [service for service in found if service.username == query.username]
        return found

    def _envelope(
        self, call: Call, start: int, page: Page, generation: Generation, interference: Interference
    ) -> dict[str, object]:
        envelope: dict[str, object] = {"result": "success"}
        envelope |= {
            name: _echo(call.params.get(name), generation) for name in ("clientid", "serviceid", "pid", "domain")
        }
        envelope["totalresults"] = number(page.total, generation)
        counters = {"startnumber": start, "numreturned": len(page.services)}
        envelope |= {name: str(n) if generation.string_counters else n for name, n in counters.items()}
        rows = [self._row_text(service, generation, interference) for service in page.services]
        ids = [service.id for service in page.services]
        products = encode_list(generation.products, "product", rows, ids)
        if products is None:
            return envelope
        if generation.flattened:
            return envelope | flatten("products", json.loads(products))
        return envelope | {"products": RawJson(products)}

    def _row_text(self, service: Service, generation: Generation, interference: Interference) -> str:
        if interference.changes_row(service.id):
            row = build_row(service, self._shop.catalogue, generation)
            interference.change_row(service.id, row)
            return encode_row(row, generation)
        with self._lock:
            if self._generation is not generation:
                self._rows.clear()
                self._generation = generation
            kept = self._rows.get(service.id)
            if kept is None or kept[0] is not service:
                kept = (service, encode_row(build_row(service, self._shop.catalogue, generation), generation))
                self._rows[service.id] = kept
            return kept[1]
