"""How fast a run is just now."""

from collections import deque
from dataclasses import dataclass, field

LOOKS_BACK_SECONDS = 120.0


@dataclass(slots=True)
class Throughput:
    """How many services a second are dealt with, by the last minutes: what went before tells nothing about the rest."""

    _marks: deque[tuple[float, int]] = field(default_factory=deque)

    def after(self, done: int, now: float) -> float | None:
        """The pace with `done` services at `now` (monotonic seconds); None where nothing has moved."""
        self._marks.append((now, done))
        while now - self._marks[0][0] > LOOKS_BACK_SECONDS and len(self._marks) > 2:
            self._marks.popleft()
        since, before = self._marks[0]
        return (done - before) / (now - since) if done > before else None
