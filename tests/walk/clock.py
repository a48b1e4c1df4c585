"""One clock for the shop and for Ticketz. It stands still unless a step moves it, so that a walk can be repeated."""

from datetime import UTC, date, datetime, timedelta

import time_machine
from django.utils import timezone

START = datetime(2026, 1, 30, 11, 0, tzinfo=UTC)


class Clock:
    """Moves everything that asks Python what time it is, in all threads of this process and in what it forks.

    Sockets and deadlines count with the monotonic clock, which goes on as ever.
    """

    def __init__(self) -> None:
        self._travel = time_machine.travel(START, tick=False)
        self._traveller = self._travel.start()

    def move(self, by: timedelta) -> None:
        """Later by `by`."""
        self._traveller.shift(by)

    @property
    def today(self) -> date:
        """The day, as the installation and the shop see it."""
        return timezone.localdate()

    def stop(self) -> None:
        """Back to the real time."""
        self._travel.stop()
