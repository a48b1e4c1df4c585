"""The product's own Celery app, for a worker process of the scoreboard: impatient, and with all SQL in its log."""

from contextlib import ExitStack
from typing import Any

from celery.signals import worker_init
from django.db.backends.signals import connection_created

from ticketz.celery import app

__all__ = ["app"]


_as_long_as_the_process_lives = ExitStack()


@worker_init.connect
def _prepare(**kwargs: object) -> None:
    from tests.scoreboard.quick import quicken  # here, because the models are there only now

    _as_long_as_the_process_lives.enter_context(quicken())


@connection_created.connect
def _log_sql(connection: Any, **kwargs: object) -> None:
    connection.force_debug_cursor = True
