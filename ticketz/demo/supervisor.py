"""Runs programs until it is told to stop: what dies is started again, and nothing survives. One thread, no locks."""

import selectors
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from ticketz.demo.child import Child, Program

STOP_SECONDS = 20.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Keeps one process of each program running and prints what they print, each line with its program's name."""

    def __init__(self, programs: Iterable[Program], environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        programs = list(programs)
        width = max(len(program.name) for program in programs)
        self._selector = selectors.DefaultSelector()
        self._children = [Child(program, environment, self._selector, width) for program in programs]
        self._say = say
        self._signals = 0

    def run(self, on_round: Callable[[], None]) -> None:
        """Run until SIGINT, SIGTERM or SIGHUP; calls `on_round` several times a second. Leaves no process behind."""
        with self._catching_signals():
            try:
                while not self._signals:
                    self._one_round()
                    on_round()
            finally:
                self._stop()

    def _one_round(self) -> None:
        for child in self._children:
            for line in child.ensure_running(time.monotonic()):
                self._say(line)
        self._print_output(0.2)

    def _print_output(self, seconds: float) -> None:
        """Print what the programs say within `seconds`, and return as soon as one of them has said something."""
        for key, _ in self._selector.select(seconds):
            child: Child = key.data
            for line in child.read_lines():
                self._say(line)

    def _stop(self) -> None:
        """End one after the other, the last one first: nobody loses what it still needs for its work.

        What has not ended in time is killed; a second signal cuts the waiting short.
        """
        asked = max(self._signals, 1)
        end = time.monotonic() + STOP_SECONDS
        for child in reversed(self._children):
            child.ask_to_end()
            while child.is_alive() and time.monotonic() < end and self._signals <= asked:
                self._print_output_quietly()
            child.kill()

    def _print_output_quietly(self) -> None:
        try:
            self._print_output(0.1)
        except OSError:  # nobody reads us any more
            time.sleep(0.1)

    @contextmanager
    def _catching_signals(self) -> Iterator[None]:
        def count(number: int, frame: FrameType | None) -> None:
            self._signals += 1

        before = {number: signal.signal(number, count) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
