"""A real gunicorn on this test run's database."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.proofs.places import environment_of_tests

ROOT = Path(__file__).resolve().parents[2]


def surroundings(**changes: str) -> dict[str, str]:
    """The environment of a process of ours: what is empty in `changes` is not set."""
    environment = {**environment_of_tests(), "LOG_LEVEL": "INFO", **changes}
    return {name: value for name, value in environment.items() if value or name not in changes}


@contextmanager
def serving(environment: Mapping[str, str], output: Path, *options: str, workers: int = 2) -> Iterator[str]:
    """The address of a server that answers; all that it prints is in `output`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "ticketz.wsgi", "--bind", f"127.0.0.1:{port}"]
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*command, "--workers", str(workers), *options], cwd=ROOT, env=environment, stdout=file, stderr=file
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(address, process, output)
        yield address
    finally:
        process.terminate()
        process.wait(120)


def _wait_until_it_answers(address: str, process: "subprocess.Popen[bytes]", output: Path) -> None:
    ends = time.monotonic() + 300
    while time.monotonic() < ends:
        assert process.poll() is None, output.read_text()
        try:
            requests.get(f"{address}/healthz", timeout=60)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(output.read_text())
