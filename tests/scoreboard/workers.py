"""Real Celery worker processes on a queue of their own, working in the test database."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from redis import Redis

from tests.proofs.places import environment_of_tests
from tests.scoreboard.quick import PATIENCE_FILE

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 300.0


class Workers:
    """At most one worker process at a time; it starts when it is needed and lives on until it is ended."""

    def __init__(self, folder: Path) -> None:
        self.queue = f"scoreboard-{uuid.uuid4().hex}"
        self._log = folder / "worker.log"
        self._log.touch()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def ensure_running(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        app = ["-m", "celery", "-A", "tests.scoreboard.worker_app", "worker", "--pool", "solo", "-Q", self.queue]
        flags = ["-l", "DEBUG", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *app, *flags], cwd=ROOT, env=_environment(), stdout=log, stderr=subprocess.STDOUT
            )

    def kill(self) -> None:
        """End the worker as a power cut does; whatever it had begun stays as it is."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(120)
            self._process = None

    def end(self) -> None:
        """Ask the worker to end, and leave nothing of the queue behind."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(120)
            self._process = None
        with Redis.from_url(settings.REDIS_URL) as redis:
            for key in redis.scan_iter(f"*{self.queue}*"):
                redis.delete(key)

    def wait_for(self, done: Callable[[], bool]) -> None:
        ends = time.monotonic() + LONGEST
        while not done():
            if self._process is not None and self._process.poll() is not None:
                raise AssertionError(f"The worker ended: {self.log_since(0)[-2000:]}")
            if time.monotonic() > ends:
                raise AssertionError(f"The worker did not do it in time: {self.log_since(0)[-2000:]}")
            time.sleep(0.01)

    def has_done(self, task_id: str, *, since: int) -> bool:
        """Whether the log tells, from there on, that a task has ended, in whatever way."""
        return any(f"[{task_id}] {end}" in self.log_since(since) for end in ("succeeded", "raised", "Discarded"))

    def log_size(self) -> int:
        return self._log.stat().st_size

    def log_since(self, begun: int) -> str:
        with self._log.open("rb") as log:
            log.seek(begun)
            return log.read().decode("utf-8", "replace")


def _environment() -> dict[str, str]:
    own = {"EMAIL_URL": "", "PYTHONPATH": str(ROOT), PATIENCE_FILE: os.environ[PATIENCE_FILE]}
    return environment_of_tests() | own
