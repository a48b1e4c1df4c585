"""The two doors that a visitor comes in by while versions change.

One is a listening socket that outlives the processes, as systemd's socket unit holds it: who comes while nobody serves
waits. The other is a balancer, as a proxy in front of containers: it moves all visitors at once, because a page of the
new version may lead to one that the old one does not have.
"""

import itertools
import socket
import threading


def listening() -> socket.socket:
    """A socket on a free port of this machine, with room for those who wait."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", 0))
    door.listen(1024)
    return door


def url_of(door: socket.socket) -> str:
    return f"http://127.0.0.1:{door.getsockname()[1]}"


class SharedDoor:
    """Always the same address, whoever serves."""

    def __init__(self, url: str) -> None:
        self._url = url

    def addresses(self) -> list[str]:
        """Where to try, in this order."""
        return [self._url]


class BalancedDoor:
    """One address of several, in turn."""

    def __init__(self) -> None:
        self._urls: list[str] = []
        self._turn = itertools.count()
        self._lock = threading.Lock()

    def lead_to(self, *urls: str) -> None:
        """From now on every visitor is sent there; those who are inside elsewhere are none of its business."""
        with self._lock:
            self._urls = list(urls)

    def addresses(self) -> list[str]:
        """Where to try, in this order; the first one changes from call to call."""
        with self._lock:
            first = next(self._turn) % len(self._urls)
            return self._urls[first:] + self._urls[:first]


Door = SharedDoor | BalancedDoor
