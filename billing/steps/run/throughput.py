"""How fast a run is at present."""

from collections import deque
from dataclasses import dataclass, field

LOOKS_BACK_SECONDS = 120.0


@dataclass(slots=True)
class Throughput:
    """Services per second over the last LOOKS_BACK_SECONDS: the pace before that says nothing about the rest."""

    _marks: deque[tuple[float, int]] = field(default_factory=deque)

    def after(self, done: int, now: float) -> float | None:
        """The pace with `done` services at `now` (monotonic seconds); None if no service was done since."""
        self._marks.append((now, done))
        while now - self._marks[0][0] > LOOKS_BACK_SECONDS and len(self._marks) > 2:
            self._marks.popleft()
        since, before = self._marks[0]
        return (done - before) / (now - since) if done > before else None
