"""One version of Ticketz as in production: web server, worker and clock, run from its own tree of files."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import requests

from tests.upgrade.door import listening, url_of

PYTHON = (sys.executable, "-m")
QUIET = ("-l", "WARNING", "--without-gossip", "--without-mingle")
LONGEST = 300.0
# A worker of the version before may get a task that it does not know. It says so and goes on; a tick wakes anew.
UNKNOWN_TASK = "Received unregistered task"


class Version:
    """`name` for the logs, `tree` with the code, `door` the socket that all versions share."""

    def __init__(self, name: str, tree: Path, environment: Mapping[str, str], door: socket.socket, logs: Path) -> None:
        self.name = name
        self._tree = tree
        self._environment = dict(environment)
        self._door = door
        self._logs = logs
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.url = ""

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """What a command of this version prints; raises where it fails."""
        command = (sys.executable, "manage.py", *arguments)
        done = subprocess.run(
            command, cwd=self._tree, env=self._environment, input=stdin, capture_output=True, text=True, timeout=LONGEST
        )
        assert done.returncode == 0, f"{self.name}: {' '.join(arguments)}: {done.stderr[-2000:]}"
        return done.stdout

    def serve_at_the_shared_door(self) -> None:
        """Start a web server there; where nobody else serves any more, visitors wait for it."""
        self._serve("shared", self._door)

    def serve_beside(self) -> None:
        """Start a web server with an address of its own, and return when it answers there."""
        with listening() as own:  # from then on it is open for as long as the server lives
            self.url = url_of(own)
            self._serve("web", own)
        self._wait_until_it_serves()

    def start_background(self) -> None:
        """Start the worker, as production has it, and a clock."""
        celery = (*PYTHON, "celery", "-q", "-A", "ticketz")
        self._start("worker", (*celery, "worker", "--concurrency", "2", "-n", f"{self.name}@%h", *QUIET))
        self._start("beat", (*celery, "beat", "--pidfile=", "-l", "WARNING"))

    def ask_to_end(self, *processes: str) -> dict[str, int]:
        """Send SIGTERM to the processes and wait for them; their exit statuses."""
        for name in processes:
            self._processes[name].send_signal(signal.SIGTERM)
        return {name: self._processes[name].wait(LONGEST) for name in processes}

    def kill(self) -> None:
        """Leave no process behind, whatever happened before."""
        for process in self._processes.values():
            if process.poll() is None:
                process.kill()
                process.wait()

    def ensure_alive(self) -> None:
        """Raise where a process of those that were started has ended by itself."""
        for name, process in self._processes.items():
            assert process.poll() is None, f"{self.name}'s {name} ended: {self._log(name).read_text()[-2000:]}"

    def served(self) -> int:
        """How many requests its web servers have answered."""
        return sum(len(log.read_text().splitlines()) for log in self._logs.glob(f"{self.name}-*-access.log"))

    def complaints(self) -> list[str]:
        """Lines of its logs that tell of an error."""
        lines = [line for name in self._processes for line in self._log(name).read_text().splitlines()]
        return [line for line in lines if re.search(r" ERROR | CRITICAL |Traceback", line) and UNKNOWN_TASK not in line]

    def _serve(self, name: str, door: socket.socket) -> None:
        lines = ("--access-logfile", str(self._log(f"{name}-access")))
        self._start(
            name, (*PYTHON, "gunicorn", "ticketz.wsgi", f"--bind=fd://{door.fileno()}", *lines), (door.fileno(),)
        )

    def _start(self, name: str, command: tuple[str, ...], sockets: tuple[int, ...] = ()) -> None:
        with self._log(name).open("wb") as log:
            self._processes[name] = subprocess.Popen(
                command, cwd=self._tree, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=sockets, start_new_session=True,
            )  # fmt: skip

    def _wait_until_it_serves(self) -> None:
        ends = time.monotonic() + LONGEST
        while time.monotonic() < ends:
            self.ensure_alive()
            try:
                if requests.get(f"{self.url}/healthz", timeout=60).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError(f"{self.name} does not serve: {self._log('web').read_text()[-2000:]}")

    def _log(self, name: str) -> Path:
        return self._logs / f"{self.name}-{name}.log"
