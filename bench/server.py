"""A WHMCS that costs next to nothing: it renders each row once and then only hands it out.

`python -m bench.server` prints its port and serves until it is ended. It is a process of its own, so that its CPU
time is not counted as ours.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from subprocess import PIPE, Popen
from sys import executable
from urllib.parse import parse_qs

from bench.wire import render_client, render_page, render_service
from bench.world import World


@contextmanager
def running_server() -> Iterator[str]:
    """A server for the length of the block; yields its address without a path."""
    with Popen([executable, "-m", "bench.server"], stdout=PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101 - for the type checker: PIPE makes one
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        body = _answer(World.of_path(self.path), {key: values[0] for key, values in form.items()})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing."""


def _answer(world: World, form: dict[str, str]) -> bytes:
    if form["action"] == "GetClientsDetails":
        time.sleep(world.wait_ms / 1000)
        return render_client(int(form["clientid"]))
    if "serviceid" in form:
        return render_service(world, int(form["serviceid"]))
    start, limit = int(form["limitstart"]), int(form["limitnum"])
    time.sleep((world.page_ms + world.row_ms * max(0, min(limit, world.services - start))) / 1000)
    return render_page(world, start, limit)


def main() -> None:
    """Serve on a free port until the process is ended."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
