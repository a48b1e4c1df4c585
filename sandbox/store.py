"""The tables of the shop: every reading and every change happens under one lock, and a change is saved as one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.records import Client, Credentials, Service
from sandbox.storage import Saved, load, save


class Store:
    """Clients and services by id. `path` is where they are kept, if anywhere.

    `on_change` is called with the ids of services that a change has touched, when all of it is done.
    """

    def __init__(self, path: Path | None = None, credentials: Credentials | None = None) -> None:
        """Open the shop kept at `path` (None: only in memory). Given credentials win over kept ones."""
        saved = load(path) if path else None
        self.path = path
        self.lock = threading.RLock()
        self.credentials = credentials or (saved.credentials if saved else Credentials())
        self.clients: dict[int, Client] = saved.clients if saved else {}
        self.services: dict[int, Service] = saved.services if saved else {}
        self._next_id = saved.next_id if saved else {}
        self._depth = 0
        self.on_change: Callable[[list[int]], object] | None = None
        self._listings: dict[int | None, tuple[Service, ...]] = {}

    @contextmanager
    def change(self) -> Iterator[None]:
        """Do several things as one change: the file is written once, at the end of the outermost block."""
        with self.lock:
            # A copy is made only for somebody who wants to know; records are never changed in place.
            before = dict(self.services) if self.on_change and not self._depth else {}
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                self._listings.clear()
                if self.path and not self._depth:
                    save(self.path, Saved(self.credentials, self.clients, self.services, self._next_id))
                if self.on_change and not self._depth and (touched := _differing(before, self.services)):
                    self.on_change(touched)

    def new_id(self, kind: str) -> int:
        """Return the next number for a "client", "service" or "order"; a number is never used twice."""
        with self.lock:
            number = self._next_id.get(kind, 1)
            self._next_id[kind] = number + 1
            return number

    def listing(self, pid: int | None = None) -> tuple[Service, ...]:
        """Return the services of a product (None: of all), by id. Costs nothing while nothing changes."""
        with self.lock:
            if pid not in self._listings:
                ordered = (self.services[key] for key in sorted(self.services))
                self._listings[pid] = tuple(service for service in ordered if pid in (None, service.pid))
            return self._listings[pid]

    def services_of(self, client_id: int) -> list[Service]:
        """Return a client's services, by id."""
        return [service for service in self.listing() if service.client_id == client_id]

    def client_by_email(self, email: str) -> Client | None:
        """Return the first client with this e-mail, however it is capitalised."""
        wanted = email.casefold()
        with self.lock:
            return next((client for client in self.clients.values() if client.email.casefold() == wanted), None)


def _differing(before: dict[int, Service], now: dict[int, Service]) -> list[int]:
    return sorted(key for key in before.keys() | now.keys() if before.get(key) is not now.get(key))
