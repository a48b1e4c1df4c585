"""HTTP/1.1 with keep-alive: reads a request completely, asks the site for a reply, sends it with its length."""

import threading
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from itertools import count
from typing import Protocol, cast
from urllib.parse import parse_qsl, unquote

from sandbox.wire import Call, Reply

MAX_BODY = 1024 * 1024
PHRASES = {status.value: status.phrase for status in HTTPStatus}
_connections = count(1)


class Site(Protocol):
    """What the handler needs of the server."""

    stopped: threading.Event

    def reply_to(self, call: Call) -> Reply:
        """Return the reply to any request, to the API or for people."""


class Handler(BaseHTTPRequestHandler):
    """One TCP connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def setup(self) -> None:
        super().setup()
        self.connection_id = next(_connections)

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Stay silent: requests are recorded, not printed."""

    def _serve(self) -> None:
        site = cast(Site, self.server)
        path, _, query_string = self.path.partition("?")
        body = self._read_body()
        if body is None:
            self._send(site, Reply(413, b"Length required, at most 1 MiB", "text/plain"))
            self.close_connection = True
            return
        call = Call(
            method=self.command,
            path=unquote(path),
            query_string=query_string,
            params=self._parameters(body, query_string),
            headers=dict(self.headers.items()),
            address=self.client_address[0],
            connection=self.connection_id,
        )
        self._send(site, site.reply_to(call))

    def _read_body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not length.isdecimal() or int(length) > MAX_BODY:
            return None
        return self.rfile.read(int(length))

    def _parameters(self, body: bytes, query_string: str) -> dict[str, str]:
        """Parameters of a form; a GET has those of its address, which the API does not look at for credentials."""
        if self.command != "POST":
            return {}
        if not self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            return {}
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace"))

    def _send(self, site: Site, reply: Reply) -> None:
        phrase = PHRASES.get(reply.status, "")
        lines = [
            f"HTTP/1.1 {reply.status} {phrase}",
            "Server: sandbox",
            *([] if "Date" in dict(reply.headers) else [f"Date: {formatdate(usegmt=True)}"]),
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {len(reply.body)}",
            *(f"{name}: {value}" for name, value in reply.headers),
        ]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        body = b"" if self.command == "HEAD" else reply.body
        try:
            if not reply.delivery.send(self.connection, head, body, site.stopped):
                self.close_connection = True
        except OSError:
            self.close_connection = True
