"""A WHMCS that has the hook installed, run by a real PHP, and a listener that it tells."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

ROOT = Path(__file__).resolve().parents[2]
INTEGRATION = ROOT / "integrations" / "whmcs"
HARNESS = Path(__file__).with_name("harness.php")
PHP = shutil.which("php")
NO_PHP = PHP is None and not os.environ.get("CI")
SECRET = "whsec_dGhpcnR5LXR3byBieXRlcyBvZiBhIHRlc3Qgc2VjcmV0IQ=="
PAGE = "The page begins. The page ends."


@dataclass
class Heard:
    """What a listener was sent; `messages` verifies each."""

    url: str = ""
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def messages(self, secret: str = SECRET) -> list[dict[str, Any]]:
        return [dict(Webhook(secret).verify(body, headers)) for headers, body in self.calls]

    def services(self) -> list[list[int]]:
        return [message["data"]["services"] for message in self.messages()]


Answer = Callable[[BaseHTTPRequestHandler], None]


def accepted(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(202)
    handler.end_headers()


@contextmanager
def listening(answer: Answer = accepted) -> Iterator[Heard]:
    """A server that writes down what it is sent and answers with `answer`."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.calls.append((dict(self.headers.items()), body))
            answer(self)

        def log_message(self, *_words: Any) -> None:
            """Nothing: the test's output is for the test."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        heard.url = f"http://127.0.0.1:{server.server_port}/hooks/whmcs/x/"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield heard
        server.shutdown()


@dataclass
class Installation:
    """A folder with the hook where WHMCS expects it. `options` are for PHP itself."""

    root: Path
    options: tuple[str, ...] = ()

    @classmethod
    def at(cls, folder: Path) -> "Installation":
        root = folder / "www" / "whmcs"
        shutil.copytree(INTEGRATION / "includes", root / "includes")
        return cls(root)

    @property
    def hook(self) -> Path:
        return self.root / "includes" / "hooks" / "ticketz.php"

    def configure(self, text: str, *, inside: bool = False) -> None:
        """Write the configuration: outside of WHMCS's folder, or beside the hook."""
        outside = self.root.parent / "ticketz-hook-config.php"
        path = self.hook.with_name("_ticketz-hook-config.php") if inside else outside
        path.write_text(text)

    def happen(self, *events: tuple[str, dict[str, Any]], **world: Any) -> str:
        """Let the hooks of these events fire in one request; returns what the page shows and what PHP complains."""
        facts = json.dumps({"events": events, **world})
        return self.php(str(HARNESS), str(self.hook), facts).stdout

    def php(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run PHP; what it prints and what it complains are one text."""
        command = [str(PHP), *self.options, *arguments]
        return subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False
        )


def config(url: str, secret: str = SECRET, more: str = "") -> str:
    return f"<?php return array('url' => '{url}', 'secret' => '{secret}', {more});"
