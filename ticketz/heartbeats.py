"""The worker's and the clock's heartbeats, files that `ticketz.alive` looks at."""

from typing import Any

from celery import bootsteps
from celery.beat import Scheduler
from django.conf import settings

from ticketz.alive import SECONDS_BETWEEN_HEARTBEATS, touch_heartbeat


class WorkerHeartbeat(bootsteps.StartStopStep):
    """A part of each worker: its main loop touches the file every few seconds, whatever its tasks are at."""

    requires = ("celery.worker.components:Timer",)

    def start(self, parent: Any) -> None:
        """Touch it now, and plan to go on."""
        touch_heartbeat("worker", settings.VAR_DIR)
        parent.timer.call_repeatedly(
            SECONDS_BETWEEN_HEARTBEATS, touch_heartbeat, ("worker", settings.VAR_DIR), priority=10
        )


class HeartbeatScheduler(Scheduler):
    """Celery's clock, with a heartbeat each time it looks at it."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """See Celery; returns the seconds until the next look."""
        touch_heartbeat("beat", settings.VAR_DIR)
        seconds: float = super().tick(*args, **kwargs)
        return min(seconds, SECONDS_BETWEEN_HEARTBEATS)
