"""How far a run is and how long its phases take: stored in the run's row regularly while it goes on, and at its end."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from django.utils import timezone

from billing.models import RunRecord, SyncRun
from billing.steps.run.throughput import Throughput

Watch: TypeAlias = Callable[[SyncRun], None]
# A run shorter than this writes its row only twice, at its start and at its end.
SECONDS_BETWEEN_SIGNS = 2.0


@dataclass(slots=True)
class Progress:
    """`read` of the `expected` services were read; `helped` were created by helpers, as far as the run knows.

    `watch` is called with the run each time its row is updated.
    """

    run: SyncRun
    watch: Watch | None = None
    read: int = 0
    expected: int | None = None
    helped: int = 0
    _seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _phase: str = ""
    _shown_at: float = field(default_factory=time.monotonic)
    _pace: Throughput = field(default_factory=Throughput)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the time of the block to phase `name`."""
        begun, self._phase = time.monotonic(), name
        try:
            yield
        finally:
            self._seconds[name] += time.monotonic() - begun

    def show(self, counts: Counter[str]) -> None:
        """Write into the run's row how far it is, at most every SECONDS_BETWEEN_SIGNS; a short run never does."""
        now = time.monotonic()
        if now - self._shown_at < SECONDS_BETWEEN_SIGNS:
            return
        self._shown_at = now
        columns = {
            **{name: counts[name] for name in (*RunRecord.Result.values, "unchanged")},
            "seen": self.read, "expected": self.expected, "phase": self._phase, "progress_at": timezone.now(),
            "pace": self._pace.after(sum(counts.values()) + self.helped, now),
        }  # fmt: skip
        columns["created"] = counts["created"] + self.helped
        for name, value in columns.items():
            setattr(self.run, name, value)
        SyncRun.objects.running().filter(pk=self.run.pk).update(**columns)
        if self.watch is not None:
            self.watch(self.run)

    def end(self) -> None:
        """Set the final values in the run; `billing.steps.finish.ending.close_run` saves them."""
        self.run.phase, self.run.expected, self.run.pace, self.run.progress_at = "", self.expected, None, None
        self.run.seconds = {name: round(seconds, 3) for name, seconds in self._seconds.items()}
