"""The heartbeats of worker and clock: files that `ticketz.alive` checks."""

from typing import Any

from celery import bootsteps
from celery.beat import Scheduler
from django.conf import settings

from ticketz.alive import SECONDS_BETWEEN_HEARTBEATS, touch_heartbeat


class WorkerHeartbeat(bootsteps.StartStopStep):
    """A worker step: the main loop touches the file every few seconds, even while tasks are running."""

    requires = ("celery.worker.components:Timer",)

    def start(self, parent: Any) -> None:
        """Touch the file now, and then periodically."""
        touch_heartbeat("worker", settings.VAR_DIR)
        parent.timer.call_repeatedly(
            SECONDS_BETWEEN_HEARTBEATS, touch_heartbeat, ("worker", settings.VAR_DIR), priority=10
        )


class HeartbeatScheduler(Scheduler):
    """Celery's scheduler, with a heartbeat at each of its ticks."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """See Celery; returns the seconds until the next tick."""
        touch_heartbeat("beat", settings.VAR_DIR)
        seconds: float = super().tick(*args, **kwargs)
        return min(seconds, SECONDS_BETWEEN_HEARTBEATS)
