"""The Celery app. A message is only a wake-up that carries ids: what is due stands in the database."""

import os

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

from ticketz.memory import spare_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketz.settings")

app = Celery("ticketz")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="tasks_before")  # what an app keeps for messages of the version before, if anything
app.steps["worker"].add("ticketz.heartbeats:WorkerHeartbeat")


@setup_logging.connect
def leave_logging_alone(**kwargs: object) -> None:
    """Have Celery's processes log as `settings.LOGGING` says: one look of lines, whoever writes them."""


@worker_init.connect
def spare_what_the_worker_loaded(**kwargs: object) -> None:
    """Its processes are forked off after this."""
    spare_what_is_loaded()


@beat_init.connect
def tick_at_once(**kwargs: object) -> None:
    """Have the clock begin with a tick, so that a restart makes nobody wait."""
    app.send_task("billing.tasks.tick", expires=30)
