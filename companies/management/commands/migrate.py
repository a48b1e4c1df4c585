"""Django's `migrate`, safe to run while the previous version is running."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.backends.utils import CursorWrapper
from psycopg.errors import LockNotAvailable

# A change of a table waits for its users, and all later users queue up behind it. So it must never wait long.
LONGEST_WAIT = "3s"
TRIES, SECONDS_BETWEEN_TRIES = 20, 2.0
SECONDS_BETWEEN_LOOKS = 0.5
# The key of an advisory lock, so that two machines migrate one after the other. Any number will do, but never change
# it.
TURN = 7_461_983_205


class Command(migrate.Command):
    """On PostgreSQL no step waits longer than three seconds for a lock. It is tried up to twenty times."""

    def handle(self, *args: Any, **options: Any) -> None:
        if connections[options["database"]].vendor != "postgresql":
            super().handle(*args, **options)
            return
        with _in_turn(options["database"]):
            for tries_left in reversed(range(TRIES)):
                try:
                    super().handle(*args, **options)
                    return
                except OperationalError as error:
                    if not isinstance(error.__cause__, LockNotAvailable):
                        raise
                    self._wait(tries_left)

    def _wait(self, tries_left: int) -> None:
        if not tries_left:
            raise CommandError(
                "A table was in use all the time, so the migration could not get at it. Nothing of that step was done. "
                "Look for transactions that stay open (pg_stat_activity), and run migrate again."
            )
        self.stderr.write("A table is in use; this step is tried again.")
        time.sleep(SECONDS_BETWEEN_TRIES)


@contextmanager
def _in_turn(alias: str) -> Iterator[None]:
    connection = connections[alias]
    with connection.cursor() as cursor:
        _wait_for_turn(cursor)
        cursor.execute(f"SET lock_timeout = '{LONGEST_WAIT}'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [TURN])


def _wait_for_turn(cursor: CursorWrapper) -> None:
    """Poll for the lock. A blocking statement is an open transaction, which a concurrent index build waits for."""
    while True:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [TURN])
        if cursor.fetchone() == (True,):
            return
        time.sleep(SECONDS_BETWEEN_LOOKS)
