"""A deadline for a whole call: connecting, the TLS handshake, headers and body.

A socket's own timeout starts again with every byte, so a server that sends one byte a second could hold a call for
ever. These sockets set their timeout before every operation to what is left of the whole call. No watching thread is
needed.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


class Deadline:
    """Ends `seconds` after it was made, by the monotonic clock."""

    __slots__ = ("_clock", "_ends_at", "seconds")

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._ends_at = clock() + seconds

    def remaining(self) -> float:
        """The seconds that are left, always more than 0. Raises TimeoutError if none are left."""
        left = self._ends_at - self._clock()
        if left <= 0:
            raise TimeoutError("The call's time is over.")
        return left


_current: ContextVar[Deadline] = ContextVar("deadline")


@contextmanager
def running(deadline: Deadline) -> Iterator[None]:
    """Apply a deadline to every guarded socket that this thread uses within the block."""
    token = _current.set(deadline)
    try:
        yield
    finally:
        _current.reset(token)


def current_deadline() -> Deadline:
    """The deadline of the running call."""
    return _current.get()


class DeadlineSocket(socket.socket):
    """A TCP socket whose operations all end at the deadline of the running call."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(current_deadline().remaining())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(current_deadline().remaining())
        super().sendall(*args, **kwargs)


class DeadlineTLSSocket(DeadlineSocket, ssl.SSLSocket):
    """The same for TLS. The timeout of the wrapped socket limits the whole handshake."""


def open_connection(addresses: list[str], port: int, deadline: Deadline) -> DeadlineSocket:
    """Connect to the first of the numeric addresses that answers. Raises the last OSError (TimeoutError is one)."""
    problem: OSError = OSError("There is no address to connect to.")
    for number, address in enumerate(addresses):
        # An address that does not answer must leave time for the next ones.
        share = deadline.remaining() / (len(addresses) - number)
        sock = DeadlineSocket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(share)
            sock.connect((address, port))
            sock.settimeout(deadline.remaining())
        except OSError as error:
            sock.close()
            problem = error
        else:
            return sock
    raise problem
