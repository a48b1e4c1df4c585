"""One program's process: started, watched, started again with back-off, and never left behind."""

import ctypes
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from ticketz.environment import BASE_DIR

PR_SET_PDEATHSIG = 1
LONGEST_PAUSE = 30.0
STABLE_SECONDS = 60.0
# Loaded here, because between fork and exec as little as possible may happen.
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Program:
    """A name for its lines of output, and a command."""

    name: str
    command: tuple[str, ...]


def end_with_parent(parent: int) -> None:
    """Have the kernel kill this process when process `parent` dies, however it dies. Linux only; elsewhere no more
    than a wish."""
    if LIBC is None:
        return
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), signal.SIGKILL)


class Child:
    """A program and, while it runs, its process with everything that process starts."""

    def __init__(
        self, program: Program, environment: Mapping[str, str], selector: selectors.BaseSelector, width: int
    ) -> None:
        self._program = program
        self._environment = dict(environment)
        self._selector = selector
        self._prefix = f"{program.name:<{width}} | "
        self._process: subprocess.Popen[bytes] | None = None
        self._reading_end = -1
        self._unfinished = b""
        self._failures = 0
        self._started_at = 0.0
        self._start_at = 0.0

    def ensure_running(self, now: float) -> list[str]:
        """Start the process if there is none and its pause is over. Returns lines to print."""
        lines = []
        if self._process and self._process.poll() is not None:
            lines = self._bury(self._process, now)
        if self._process is None and now >= self._start_at:
            self._start(now)
        return lines

    def read_lines(self) -> list[str]:
        """The whole lines printed since the last call; never waits."""
        try:
            chunk = os.read(self._reading_end, 65_536)
        except BlockingIOError:
            return []
        if not chunk:
            self._selector.unregister(self._reading_end)
        *lines, self._unfinished = (self._unfinished + chunk).split(b"\n")
        return [self._prefix + line.decode(errors="backslashreplace").rstrip("\r") for line in lines if line.strip()]

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def ask_to_end(self) -> None:
        """Send SIGTERM, which every one of our programs takes as a request to finish its work."""
        if self._process and self.is_alive():
            self._process.terminate()

    def kill(self) -> None:
        """End the process and everything it has started, at once."""
        if self._process:
            _kill_group(self._process)
            self._process.wait()

    def _start(self, now: float) -> None:
        supervisor = os.getpid()
        self._started_at = now
        self._reading_end, writing_end = os.pipe()
        os.set_blocking(self._reading_end, False)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own commands
                self._program.command,
                cwd=BASE_DIR,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=writing_end,
                stderr=writing_end,
                start_new_session=True,  # Ctrl-C reaches only the supervisor, which then ends things in order
                preexec_fn=lambda: end_with_parent(supervisor),  # safe: the supervisor has no threads
            )
        finally:
            os.close(writing_end)
        self._selector.register(self._reading_end, selectors.EVENT_READ, self)

    def _bury(self, process: subprocess.Popen[bytes], now: float) -> list[str]:
        """Take leave of a process that has ended by itself, and decide when to start the next one."""
        _kill_group(process)
        lines = self.read_lines() if self._reading_end in self._selector.get_map() else []
        if self._reading_end in self._selector.get_map():
            self._selector.unregister(self._reading_end)
        os.close(self._reading_end)
        self._process, self._unfinished = None, b""
        self._failures = 0 if now - self._started_at > STABLE_SECONDS else self._failures + 1
        pause = min(LONGEST_PAUSE, 2.0**self._failures / 2)
        self._start_at = now + pause
        end = f"ended with status {process.returncode}; starts again in {pause:g} seconds"
        return [*lines, self._prefix + end]


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
