"""The stand-in as a server: the API and the pages for people, in a thread of this process or in the foreground."""

import socket
import threading
from collections.abc import Collection
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Self

from sandbox.access import AccessList
from sandbox.api import API_PATH, Api
from sandbox.faults import FaultPlan
from sandbox.generations import DEFAULT_GENERATION, Generation
from sandbox.handler import Handler
from sandbox.pages import Pages
from sandbox.shop import Shop
from sandbox.wire import HTML_TYPE, Call, RecordedRequest, Reply

NOT_FOUND = Reply(404, b"<!DOCTYPE html><title>404 Not Found</title><h1>Not Found</h1>", HTML_TYPE)


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], owner: "SandboxServer") -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.owner = owner
        self.stopped = threading.Event()
        self._sockets: set[socket.socket] = set()
        super().__init__(address, Handler)

    def reply_to(self, call: Call) -> Reply:
        return self.owner.reply_to(call)

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        if isinstance(request, socket.socket):
            self._sockets.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        if isinstance(request, socket.socket):
            self._sockets.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""

    def close_connections(self) -> None:
        """End kept-alive connections, so that their threads end too."""
        self.stopped.set()
        for connection in tuple(self._sockets):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class SandboxServer:
    """A WHMCS stand-in listening on `host`:`port` (0: any free port), under `prefix` if one is given.

    `allowed_ips` None admits every address; `access_key` lets its sender past that list. `requests` has every request
    to the API, oldest first. `faults` and `generation` may be changed while it runs.
    """

    def __init__(
        self,
        shop: Shop | None = None,
        generation: Generation = DEFAULT_GENERATION,
        faults: FaultPlan | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        prefix: str = "",
        allowed_ips: Collection[str] | None = None,
        access_key: str = "",
        ticketz_url: str = "http://localhost:8000",
    ) -> None:
        self.shop = shop or Shop()
        self.faults = faults or FaultPlan()
        self.requests: list[RecordedRequest] = []
        self.prefix = "/" + prefix.strip("/") if prefix.strip("/") else ""
        self.api = Api(self.shop, AccessList(self.shop.credentials, allowed_ips, access_key), generation)
        self._pages = Pages(self.shop, self.faults, self.prefix, ticketz_url)
        self._http = _HttpServer((host, port), self)
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base URL, as an operator would type it: no path behind the prefix, no trailing slash."""
        host, port = self._http.server_address[:2]
        name = host.decode() if isinstance(host, bytes) else host
        return f"http://{f'[{name}]' if ':' in name else name}:{port}{self.prefix}"

    @property
    def api_url(self) -> str:
        """The address of the API."""
        return self.url + API_PATH

    @property
    def identifier(self) -> str:
        """The API identifier that is accepted."""
        return self.shop.credentials.identifier

    @property
    def secret(self) -> str:
        """The API secret that is accepted."""
        return self.shop.credentials.secret

    @property
    def generation(self) -> Generation:
        """How answers look; may be set at any time."""
        return self.api.generation

    @generation.setter
    def generation(self, generation: Generation) -> None:
        self.api.generation = generation

    def reply_to(self, call: Call) -> Reply:
        """Return the reply to any request."""
        if not call.path.startswith(self.prefix + "/"):
            return NOT_FOUND
        inner = call.path.removeprefix(self.prefix)
        if inner in (API_PATH, API_PATH * 2):
            self.requests.append(RecordedRequest.of(call, self.secret))
            return self.api.answer(call, self.faults.for_call(call))
        return self._pages.reply_to(call, inner) or NOT_FOUND

    def start(self) -> Self:
        """Serve in a thread of its own until `stop`."""
        self._thread = threading.Thread(target=self.run, name="sandbox", daemon=True)
        self._thread.start()
        return self

    def run(self) -> None:
        """Serve in this thread until `stop` or an exception such as KeyboardInterrupt."""
        self._http.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        """Stop listening and end all connections."""
        if self._thread:
            self._http.shutdown()
            self._thread.join()
            self._thread = None
        self._http.close_connections()
        self._http.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
