"""The worker's and the clock's signs of life, which `ticketz.alive` looks for."""

from typing import Any

from celery import bootsteps
from celery.beat import Scheduler
from django.conf import settings

from ticketz.alive import SECONDS_BETWEEN_SIGNS, give_sign


class WorkerSigns(bootsteps.StartStopStep):
    """A part of each worker: its main loop gives a sign every few seconds, whatever its tasks are at."""

    requires = ("celery.worker.components:Timer",)

    def start(self, parent: Any) -> None:
        """Give the first sign, and plan the others."""
        give_sign("worker", settings.VAR_DIR)
        parent.timer.call_repeatedly(SECONDS_BETWEEN_SIGNS, give_sign, ("worker", settings.VAR_DIR), priority=10)


class LivelyScheduler(Scheduler):
    """Celery's clock, which gives a sign each time it looks at it."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """See Celery; returns the seconds until the next look."""
        give_sign("beat", settings.VAR_DIR)
        seconds: float = super().tick(*args, **kwargs)
        return min(seconds, SECONDS_BETWEEN_SIGNS)
