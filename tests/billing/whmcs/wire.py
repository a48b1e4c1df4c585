"""A tiny web server whose answers a test scripts byte by byte, and rows as WHMCS sends them."""

import json
import pickle
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest

from billing.errors import BillingError
from billing.whmcs import BaseUrl, Credentials, Destination, Limits, RetryPolicy, SecretText, WhmcsClient

SECRET = "s3cret-&-<canary>"
IDENTIFIER = "identifier-canary"


class Request:
    """One received request: its connection's number, its head as text, its form."""

    def __init__(self, connection: int, head: str, body: str) -> None:
        self.connection = connection
        self.head = head
        self.form = {name: values[0] for name, values in parse_qs(body).items()}


Script = Callable[[socket.socket, Request], None]


class Server:
    """Listens on the loopback; `script` answers each request on the raw socket."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[Request] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(sock, self.connections), daemon=True).start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        with sock, suppress(OSError):
            while request := self._receive(sock, number):
                self.requests.append(request)
                self.script(sock, request)

    def _receive(self, sock: socket.socket, number: int) -> Request | None:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (chunk := sock.recv(65536)):
                return None
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        while len(body) < length:
            body += sock.recv(65536)
        return Request(number, head.decode(), body.decode())


@contextmanager
def serving(script: Script) -> Iterator[Server]:
    server = Server(script)
    try:
        yield server
    finally:
        server.close()


def http(body: bytes, status: int = 200, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def client_of(url: str, *, ca_bundle: str | None = None, **options: Any) -> WhmcsClient:
    """A client that trusts the loopback and does not sleep between tries."""
    defaults: dict[str, Any] = {"retry": RetryPolicy(sleep=lambda seconds: None), "limits": Limits(seconds=60.0)}
    return WhmcsClient(
        Destination(BaseUrl.parse(url), {"127.0.0.1"}, ca_bundle),
        Credentials(IDENTIFIER, SecretText(SECRET)),
        **defaults | options,
    )


def failure(url: str, **options: Any) -> BillingError:
    """The error in which asking `url` for service 1 ends."""
    with client_of(url, **options) as client, pytest.raises(BillingError) as caught:
        client.fetch_service(1)
    return caught.value


def everything_told_by(error: BaseException) -> str:
    """All that an error, its causes, a pickle of it and a crash report with local variables would show."""
    told = [repr(pickle.dumps(error))]
    told += traceback.TracebackException.from_exception(error, capture_locals=True).format()
    one: BaseException | None = error
    while one is not None:
        told += [str(one), repr(one), repr(vars(one))]
        one = one.__cause__ or one.__context__
    return "".join(told)


def service(number: int, **fields: Any) -> dict[str, Any]:
    """A service as WHMCS 8 sends it, cut to what says something."""
    return {
        "id": str(number),
        "clientid": "7",
        "pid": "3",
        "status": "Active",
        "nextduedate": "2026-12-01",
        "username": "",
        "password": "service-password-canary",
        "overideautosuspend": "",
        "overidesuspenduntil": "0000-00-00",
        "notes": "notes-canary",
        "customfields": {"customfield": [{"id": "1", "name": "Password", "value": "typed in the cart"}]},
        "configoptions": {"configoption": [{"id": "1", "option": "Plan", "type": "dropdown", "value": "Basic"}]},
        **fields,
    }


def products(rows: Any, total: Any = None, **top: Any) -> bytes:
    """An answer to GetClientsProducts; rows may be a list of services or any form that stands for one."""
    count = len(rows) if isinstance(rows, list) else 1
    envelope = {"result": "success", "totalresults": str(count if total is None else total), "numreturned": count}
    return json.dumps({**envelope, "products": {"product": rows}, **top}).encode()


def raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())
