"""The Celery app. Messages are only wake-ups with ids; what is due is in the database."""

import os

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

from ticketz.memory import spare_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketz.settings")

app = Celery("ticketz")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="tick")
app.autodiscover_tasks(related_name="tasks_before")  # tasks that an app keeps for messages of the previous version
app.steps["worker"].add("ticketz.heartbeats:WorkerHeartbeat")


@setup_logging.connect
def leave_logging_alone(**kwargs: object) -> None:
    """Make Celery's processes log as `settings.LOGGING` says, so that all lines look the same."""


@worker_init.connect
def spare_what_the_worker_loaded(**kwargs: object) -> None:
    """Runs before the worker forks its processes."""
    spare_what_is_loaded()


@beat_init.connect
def tick_at_once(**kwargs: object) -> None:
    """Make the clock begin with a tick, so that nobody waits after a restart."""
    app.send_task("billing.tasks.tick", expires=30)
