"""Two workers and a clock as in production, each a process group that can be killed and frozen."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CELERY = (sys.executable, "-m", "celery", "-q", "-A", "tests.nemesis.worker_app")
WORKER = (*CELERY, "worker", "-l", "INFO", "--concurrency", "2", "--without-gossip", "--without-mingle")
COMMANDS = {
    "prefork": (*WORKER, "--pool", "prefork", "-n", "prefork@%h"),
    "threads": (*WORKER, "--pool", "threads", "-n", "threads@%h"),
    "beat": (*CELERY, "beat", "-l", "WARNING", "--pidfile="),
    "second beat": (*CELERY, "beat", "-l", "WARNING", "--pidfile="),
}
ALWAYS = ("prefork", "threads", "beat")
WORKERS = ("prefork", "threads")


class Cluster:
    """`environment` is the product's; logs and clock files go to `folder`."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._environment = dict(environment)
        self._folder = folder
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Start a process that does not run."""
        if self.is_running(name):
            return
        command = COMMANDS[name]
        if "beat" in name:
            command = (*command, "-s", str(self._folder / f"{name.replace(' ', '-')}.schedule"))
        with (self._folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def start_all(self) -> None:
        """Have all run that always run, and none of them frozen."""
        for name in ALWAYS:
            self.start(name)
            self.thaw(name)

    def is_running(self, name: str) -> bool:
        process = self._processes.get(name)
        return process is not None and process.poll() is None

    def kill(self, name: str) -> None:
        """End a process with all its children as a power cut does."""
        self._signal(name, signal.SIGKILL)
        if name in self._processes:
            self._processes.pop(name).wait(30)

    def freeze(self, name: str) -> None:
        self._signal(name, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self._signal(name, signal.SIGCONT)

    def kill_all(self) -> None:
        for name in list(self._processes):
            self.kill(name)

    def logs(self) -> str:
        """All that was logged."""
        return "".join(path.read_text(errors="replace") for path in self._folder.glob("*.log"))

    def _signal(self, name: str, number: signal.Signals) -> None:
        if self.is_running(name):
            os.killpg(self._processes[name].pid, number)
