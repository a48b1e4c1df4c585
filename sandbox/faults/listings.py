"""GetClientsProducts answering something else than what it was asked, or contradicting itself between pages."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Unpack

from sandbox.changes import ServiceChanges
from sandbox.interference import Interference, Page, ProductQuery
from sandbox.records import Service
from sandbox.wire import Call, Reply


class PidFilterIgnored(Interference):
    """The services of all products are answered."""

    def change_query(self, query: ProductQuery) -> ProductQuery:
        return replace(query, pid=None)


class LimitCapped(Interference):
    """No page is longer than `limit`, whatever was asked; None ignores `limitnum` and answers everything."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit

    def change_query(self, query: ProductQuery) -> ProductQuery:
        if self._limit is None or query.limit is None:
            return replace(query, limit=self._limit)
        return replace(query, limit=min(query.limit, self._limit))


class StartIgnored(Interference):
    """Every page is the first one."""

    def change_query(self, query: ProductQuery) -> ProductQuery:
        return replace(query, start=0)


class Ordered(Interference):
    """Rows come "descending" or in "random" order, shuffled anew for each page (unless `seed` is given)."""

    def __init__(self, order: str, seed: int | None = None) -> None:
        if order not in ("ascending", "descending", "random"):
            raise ValueError(f"no such order: {order}")
        self._order = order
        self._seed = seed

    def change_services(self, services: Sequence[Service]) -> Sequence[Service]:
        if self._order == "random":
            shuffled = list(services)
            random.Random(self._seed).shuffle(shuffled)  # noqa: S311 - not a secret
            return shuffled
        return sorted(services, key=lambda service: service.id, reverse=self._order == "descending")


class Hidden(Interference):
    """Some services, by id, are left out; without ids all are."""

    def __init__(self, *service_ids: int) -> None:
        self._ids = frozenset(service_ids)

    def change_services(self, services: Sequence[Service]) -> Sequence[Service]:
        return [service for service in services if self._ids and service.id not in self._ids]


class WrongTotal(Interference):
    """`totalresults` is off by `by`, or is `total`."""

    def __init__(self, by: int = 0, *, total: int | None = None) -> None:
        self._by = by
        self._total = total

    def change_page(self, page: Page) -> Page:
        return replace(page, total=page.total + self._by if self._total is None else self._total)


class Repeated(Interference):
    """A row stands at the end of every page too, with other contents if `changes` are given."""

    def __init__(self, service: Service, **changes: Unpack[ServiceChanges]) -> None:
        self.again = replace(service, **changes)

    def change_page(self, page: Page) -> Page:
        return replace(page, services=(*page.services, self.again))


class Unencodable(Interference):
    """Some services have bytes that are not UTF-8: every page with one of them is an error."""

    def __init__(self, *service_ids: int) -> None:
        self._ids = frozenset(service_ids)

    def change_page(self, page: Page) -> Page:
        spoilt = any(service.id in self._ids for service in page.services)
        return replace(page, unencodable=page.unencodable or spoilt)


class Meanwhile(Interference):
    """Something happens in the shop just before the call is answered: a deletion between two pages, say."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._happens = happens

    def replace_reply(self, call: Call) -> Reply | None:
        self._happens()
        return None
