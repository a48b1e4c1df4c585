"""The places where a fault may step in. This class is the honest one: it changes nothing anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.records import Service
from sandbox.rows import Entry, Row
from sandbox.wire import Call, Reply


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """What GetClientsProducts was asked for; None is no filter, and no limit."""

    start: int
    limit: int | None
    client_id: int | None = None
    service_id: int | None = None
    pid: int | None = None
    domain: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What is about to be answered: the rows of the page and the total that will be claimed."""

    services: tuple[Service, ...]
    total: int
    unencodable: bool = False


class Interference:
    """Each method gets what the honest wire is about to use and returns what it shall use."""

    def replace_reply(self, call: Call) -> Reply | None:
        """Return an answer that is given without looking at the call, or None."""
        return None

    def change_query(self, query: ProductQuery) -> ProductQuery:
        """Change what a listing is asked for."""
        return query

    def change_services(self, services: Sequence[Service]) -> Sequence[Service]:
        """Change all the services that match, before the page is cut out."""
        return services

    def change_page(self, page: Page) -> Page:
        """Change the page that was cut out."""
        return page

    def changes_row(self, service_id: int) -> bool:
        """Say whether `change_row` has anything to do with a row."""
        return False

    def change_row(self, service_id: int, row: Row) -> None:
        """Change a row in place."""

    def change_client(self, client_id: int, columns: Entry) -> None:
        """Change the columns of a client in place."""

    def change_reply(self, reply: Reply) -> Reply:
        """Change the finished answer."""
        return reply


HONEST = Interference()
