"""The honest answer, delivered badly: slowly, never, or with a connection that breaks."""

import os
import socket
import struct
import threading
from dataclasses import dataclass, replace

from sandbox.interference import Interference
from sandbox.wire import Delivery, Reply

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Delivered(Interference):
    """Hands the honest answer to another delivery."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery

    def change_reply(self, reply: Reply) -> Reply:
        return replace(reply, delivery=self._delivery)


@dataclass(frozen=True)
class _Drip(Delivery):
    chunk: int
    pause: float
    whole_answer: bool

    def send(self, connection: socket.socket, head: bytes, body: bytes, stopped: threading.Event) -> bool:
        if self.whole_answer:
            head, body = b"", head + body
        connection.sendall(head)
        for start in range(0, len(body), self.chunk):
            if stopped.wait(self.pause):
                return False
            connection.sendall(body[start : start + self.chunk])
        return True


@dataclass(frozen=True)
class _Late(Delivery):
    seconds: float

    def send(self, connection: socket.socket, head: bytes, body: bytes, stopped: threading.Event) -> bool:
        if stopped.wait(self.seconds):
            return False
        connection.sendall(head + body)
        return True


@dataclass(frozen=True)
class _Hang(Delivery):
    sent: int | None

    def send(self, connection: socket.socket, head: bytes, body: bytes, stopped: threading.Event) -> bool:
        if self.sent is not None:
            connection.sendall(head + body[: self.sent])
        stopped.wait()
        return False


@dataclass(frozen=True)
class _Break(Delivery):
    sent: int | None
    reset: bool

    def send(self, connection: socket.socket, head: bytes, body: bytes, stopped: threading.Event) -> bool:
        if self.sent is not None:
            connection.sendall(head + body[: self.sent])
        if self.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            # The handler still holds the socket, so closing the object would leave the connection open.
            os.close(connection.detach())
        return False


def drip(chunk: int = 1, pause: float = 1.0, *, whole_answer: bool = False) -> Delivered:
    """Send the body a few bytes at a time, `pause` seconds apart; with `whole_answer` the head as well."""
    return Delivered(_Drip(chunk, pause, whole_answer))


def late(seconds: float) -> Delivered:
    """Answer honestly after some seconds."""
    return Delivered(_Late(seconds))


def hang(sent: int | None = None) -> Delivered:
    """Never answer. With `sent` the head and that many bytes of the body come first."""
    return Delivered(_Hang(sent))


def reset(sent: int | None = None) -> Delivered:
    """Reset the TCP connection. With `sent` the head and that many bytes of the body come first."""
    return Delivered(_Break(sent, reset=True))


def hang_up(sent: int | None = None) -> Delivered:
    """Close the connection in an orderly way, before or (with `sent`) within the answer."""
    return Delivered(_Break(sent, reset=False))
