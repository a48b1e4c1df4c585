"""What goes over the wire: a call, a reply, and how a reply is delivered."""

import json
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.encoding import encode_object

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request to the API. `action` is lower case, `connection` counts TCP connections from 1."""

    method: str
    path: str
    query_string: str
    params: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    address: str = "127.0.0.1"
    connection: int = 1

    @property
    def action(self) -> str:
        """The API action as WHMCS compares it."""
        return self.params.get("action", "").lower()


class Delivery:
    """Puts a reply on the wire at once. Faults deliver differently."""

    def send(self, connection: socket.socket, head: bytes, body: bytes, stopped: threading.Event) -> bool:
        """Send everything; return whether the connection may be used again. `stopped` is set when the server ends."""
        connection.sendall(head + body)
        return True


AT_ONCE = Delivery()


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer. Content-Length is always added; `headers` come on top of the Content-Type."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    delivery: Delivery = AT_ONCE


def json_reply(columns: dict[str, object], status: int = 200) -> Reply:
    """Return a JSON answer; values may be RawJson."""
    return Reply(status, encode_object(columns).encode("ascii"))


def error_reply(message: str, status: int = 200) -> Reply:
    """Return an error as WHMCS words it: `result` and `message`."""
    return Reply(status, json.dumps({"result": "error", "message": message}).encode("ascii"))


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """What a test can look at. The secret's value is nowhere in it; `secret_was_right` is None if none was sent."""

    method: str
    path: str
    query_string: str
    action: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    secret_was_right: bool | None
    secret_in_url: bool
    connection: int
    time: float

    @classmethod
    def of(cls, call: Call, secret: str) -> "RecordedRequest":
        """Return the record of a call to a server whose API secret is `secret`."""
        hidden = ("secret", "password", "accesskey")
        sent = call.params.get("secret", call.params.get("password"))
        return cls(
            method=call.method,
            path=call.path,
            query_string=call.query_string.replace(secret, "[secret]"),
            action=call.action,
            params={name: value for name, value in call.params.items() if name not in hidden},
            headers={name: value.replace(secret, "[secret]") for name, value in call.headers.items()},
            secret_was_right=None if sent is None else sent == secret,
            secret_in_url=secret in call.query_string or secret in call.path,
            connection=call.connection,
            time=time.monotonic(),
        )
