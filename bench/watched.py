"""What a run says about its end while it goes on, next to what came true."""

import time

from billing.models import SyncRun
from billing.runs.progress import progress_as_told

SHARES = (5, 25, 50, 75, 95)


class Watched:
    """A watch for `sync_gateway`. Remembers what the first look at or behind each of `SHARES` said."""

    def __init__(self) -> None:
        self._said: dict[int, tuple[float, int]] = {}

    def __call__(self, run: SyncRun) -> None:
        progress = progress_as_told(run)
        for share in SHARES:
            if share not in self._said and progress.left is not None and (progress.share or 0) >= share:
                self._said[share] = (time.perf_counter(), progress.left)

    def figures(self) -> dict[str, float]:
        """For each share how many seconds were said to be left, and how many there were until now."""
        now = time.perf_counter()
        left = {f"left_at_{share}": float(left) for share, (_, left) in self._said.items()}
        return left | {f"took_after_{share}": now - at for share, (at, _) in self._said.items()}
