"""The health checks of containers tell a process that lives from one that does not."""

import os
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ticketz.alive import LONGEST_SILENCE, heartbeat_of, touch_heartbeat

ROOT = Path(__file__).resolve().parents[2]


def check(*arguments: str, **environment: str) -> int:
    command = [sys.executable, "-P", "ticketz/alive.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False, timeout=300).returncode


@pytest.mark.parametrize("process", ["worker", "beat"])
def test_a_process_that_gave_a_sign_lately_is_alive(tmp_path: Path, process: str) -> None:
    assert check(process, VAR_DIR=str(tmp_path)) == 1
    touch_heartbeat(process, tmp_path)
    assert check(process, VAR_DIR=str(tmp_path)) == 0
    long_ago = time.time() - LONGEST_SILENCE - 1
    os.utime(heartbeat_of(process, tmp_path), (long_ago, long_ago))
    assert check(process, VAR_DIR=str(tmp_path)) == 1


def test_a_folder_that_takes_no_file_is_no_reason_to_end(tmp_path: Path) -> None:
    touch_heartbeat("worker", tmp_path / "missing")
    assert not heartbeat_of("worker", tmp_path / "missing").exists()


@pytest.mark.parametrize(("status", "verdict"), [(200, 0), (301, 0), (400, 1), (500, 1)])
def test_a_web_server_is_alive_that_answers_its_visitors(status: int, verdict: int) -> None:
    asked_for = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked_for.append((self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.handle_request, daemon=True).start()
        assert check("web", PORT=str(server.server_port), ALLOWED_HOSTS="tickets.example.com,other") == verdict
    assert asked_for == [("/healthz", "tickets.example.com", "https")]
    assert check("web", PORT=str(server.server_port)) == 1
