"""The WHMCS that is measured against: any number of services, each of them known from its number alone.

Both sides read it: the server makes pages of it, and the database is filled with what those pages say.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

PRODUCT = 7
PLANS = ("Starter", "Team", "Business")
FIRST_CLIENT = 500_000
_FIRST_DUE_DATE = date(2099, 1, 1)
_PATH = re.compile(r"/s(\d+)m(\d+)d(\d+)w(\d+)p(\d+)r(\d+)/")


@dataclass(frozen=True, slots=True)
class World:
    """`services` services, the due dates of `moved` percent of them `days` later than they were at first.

    GetClientsDetails takes `wait_ms` milliseconds, GetClientsProducts `page_ms` and `row_ms` for each of its rows.
    """

    services: int
    moved: int = 0
    days: int = 0
    wait_ms: int = 0
    page_ms: int = 0
    row_ms: int = 0

    @property
    def path(self) -> str:
        """The folder that this world's WHMCS is installed in: one server serves them all."""
        return f"/s{self.services}m{self.moved}d{self.days}w{self.wait_ms}p{self.page_ms}r{self.row_ms}"

    @classmethod
    def of_path(cls, path: str) -> "World":
        """The world that a request path names; raises LookupError."""
        match = _PATH.match(path)
        if match is None:
            raise LookupError(path)
        return cls(*map(int, match.groups()))

    def due_date(self, service_id: int) -> date:
        moved = self.days if service_id % 100 < self.moved else 0
        return _FIRST_DUE_DATE + timedelta(days=service_id % 28 + moved)


def client_of(service_id: int) -> int:
    return FIRST_CLIENT + service_id


def plan_of(service_id: int) -> str:
    return PLANS[service_id % len(PLANS)]


def password_of(service_id: int) -> str:
    return f"correct horse {service_id}"


def email_of(client_id: int) -> str:
    return f"client{client_id}@example.com"


def name_of(client_id: int) -> tuple[str, str]:
    """First and last name."""
    return "Client", str(client_id)
