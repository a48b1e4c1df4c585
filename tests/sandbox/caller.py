"""A small client for the stand-in."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from sandbox import SandboxServer
from sandbox.interference import Interference

API_PATH = "/includes/api.php"


@dataclass
class Answer:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


class Caller:
    """Talks to a stand-in over one kept-alive connection until `hang_up`."""

    def __init__(self, server: SandboxServer) -> None:
        self.server = server
        self.connection = self._connect()

    def _connect(self) -> HTTPConnection:
        address = urlsplit(self.server.url)
        assert address.hostname
        return HTTPConnection(address.hostname, address.port, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def hang_up(self) -> None:
        self.connection.close()
        self.connection = self._connect()

    def request(self, method: str, path: str, form: dict[str, object] | None = None) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        self.connection.request(method, path, urlencode(form) if form is not None else None, headers)
        response = self.connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())

    def get(self, path: str) -> Answer:
        return self.request("GET", self.server.prefix + path)

    def post(self, path: str, **form: object) -> Answer:
        return self.request("POST", self.server.prefix + path, form)

    def api(self, action: str | None = "GetClientsProducts", path: str = API_PATH, **params: object) -> Answer:
        form = {"identifier": self.server.identifier, "secret": self.server.secret, "responsetype": "json"} | params
        return self.post(path, **form, **({"action": action} if action is not None else {}))

    def rows(self, **params: object) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.api("GetClientsProducts", API_PATH, **{"limitnum": 250, **params}).json[
            "products"
        ]["product"]
        return rows


def body_of(caller: Caller, fault: Interference) -> bytes:
    """The body of the answer to one call that this fault happens to."""
    caller.server.faults.once(fault)
    return caller.api().body
