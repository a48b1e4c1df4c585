"""The demo as a newcomer meets it: real processes, started and ended as from a terminal."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "l'été & <b>Ünder</b> 🔑"
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")


class Demo:
    """`python -m ticketz.demo` on free ports, with its data in a folder of the test."""

    def __init__(self, folder: Path) -> None:
        self.port, self.sandbox_port = _free_port(), _free_port()
        self.log = folder / "log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("MAKELEVEL", "DATABASE_URL")},
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "DEMO_DIR": str(folder / "data"),
        }
        # The worst that chance may choose: it looks like an option.
        (folder / "data").mkdir(mode=0o700)
        secret = folder / "data" / "sandbox_secret"
        secret.touch(mode=0o600)
        secret.write_text("-secret-of-the-stand-in")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ticketz.demo"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        # On a busy machine it may say first that not everything answers yet.
        assert wait_for(lambda: "Sign in to Ticketz" in self.output(), 300), self.output()
        assert wait_for(self.is_ready, 300), self.output()

    def is_ready(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=120).ok
        except requests.RequestException:
            return False

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def link_of(self, email: str) -> str:
        """A set-password link, made in another terminal that knows nothing of the ports."""
        command = [sys.executable, "-m", "ticketz.demo", "manage", "set_password_link", email]
        environment = {name: text for name, text in self.environment.items() if name not in ("PORT", "SANDBOX_PORT")}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(120)

    def survivors(self) -> list[str]:
        """Command lines that carry one of this demo's ports, or its data in their environment."""
        found = subprocess.run(["ps", "-eww", "-o", "args"], capture_output=True, text=True, check=True).stdout
        mine = (f":{self.port}", f"--port={self.sandbox_port}")
        return [line for line in found.splitlines() if any(mark in line for mark in mine)]

    def buy(self, email: str) -> None:
        order = {"pid": "7", "plan": "Team", "first_name": "Ana", "last_name": "Lima", "email": email}
        cart = f"http://127.0.0.1:{self.sandbox_port}/cart.php"
        assert "Thank you" in requests.post(cart, {**order, "password": PASSWORD}, timeout=120).text

    def knows(self, email: str) -> bool:
        """Whether this person is in its database; to try the password again and again would be throttled."""
        file = Path(self.environment["DEMO_DIR"]) / "ticketz.sqlite3"
        with closing(sqlite3.connect(file, timeout=120)) as database:
            found = database.execute("SELECT 1 FROM companies_user WHERE email = ?", [email])
            return found.fetchone() is not None

    def can_sign_in(self, email: str) -> bool:
        url = f"http://127.0.0.1:{self.port}/accounts/login/"
        with requests.Session() as browser:
            page = browser.get(url, timeout=120).text
            token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]
            form = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token}
            answer = browser.post(url, form, headers={"Referer": url}, timeout=120)
            return answer.ok and not answer.url.startswith(url)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path)
    yield demo
    if demo.process and demo.process.poll() is None:
        demo.process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], bool], seconds: float, pause: float = 0.1) -> bool:
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(pause)
    return met


@LINUX_ONLY
def test_a_purchase_soon_is_a_sign_in_and_a_second_start_goes_on_with_it(demo: Demo) -> None:
    demo.start()
    assert re.search(r"operator@ticketz\.test +[\w-]{16}\n", demo.output())
    demo.buy("ana@lima.example")
    assert wait_for(lambda: demo.knows("ana@lima.example"), 300), demo.output()
    assert demo.can_sign_in("ana@lima.example")
    assert PASSWORD not in demo.output()
    assert demo.link_of("ana@lima.example").startswith(f"http://127.0.0.1:{demo.port}/")

    demo.end(signal.SIGKILL)
    assert wait_for(lambda: not demo.survivors(), 120), demo.survivors()

    demo.start()
    assert "shown at the first start" in demo.output()
    assert demo.can_sign_in("ana@lima.example")
    assert demo.end(signal.SIGINT) == 0
    assert demo.survivors() == []


def test_a_process_that_dies_is_started_again_and_what_is_written_is_for_its_owner_only(demo: Demo) -> None:
    demo.start()
    folder = Path(demo.environment["DEMO_DIR"])
    assert folder.stat().st_mode & 0o077 == 0
    assert {f.name for f in folder.glob("*_key")} == {"secret_key", "encryption_key"}
    assert all(f.stat().st_mode & 0o077 == 0 for f in folder.glob("*_key"))

    before = _pid_of_sandbox(demo)
    assert before, "the stand-in was not found, and 0 would kill whoever runs the tests"
    os.kill(before, signal.SIGKILL)
    assert wait_for(lambda: _pid_of_sandbox(demo) not in (0, before), 120), demo.output()
    assert "ended with status -9" in demo.output()
    assert demo.end(signal.SIGTERM) == 0


def _pid_of_sandbox(demo: Demo) -> int:
    command = ["pgrep", "-f", f"sandbox .*--port={demo.sandbox_port}"]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    return int(found[0]) if found else 0


def test_a_port_that_is_taken_is_one_clear_line(demo: Demo) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", demo.port))
        other.listen()
        command = [sys.executable, "-m", "ticketz.demo"]
        run = subprocess.run(command, cwd=ROOT, env=demo.environment, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert f"port {demo.port} is taken" in run.stderr
