"""PostgreSQL timeouts: how long a session may wait for a lock, and how long it may be idle in a transaction.

Normally locks are held for moments only. One that is held for long belongs to a forgotten transaction of a person, or
to a frozen process of ours. Without these timeouts, all writers would wait for it.
SQLite has its own timeout, in the settings. Set by a statement and not by options, which connection poolers refuse.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

LOCK_TIMEOUT_SECONDS = 20
# Longer than any of our steps computes between two statements.
IDLE_TIMEOUT_SECONDS = 60


def set_timeouts() -> None:
    """Set the timeouts for each new connection from now on."""
    connection_created.connect(_tell, dispatch_uid="ticketz.timeouts")


def allow_silence(cursor: Any) -> None:
    """Allow this transaction to be idle, because it only holds a snapshot for other sessions."""
    cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def _tell(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                f"SET lock_timeout = '{LOCK_TIMEOUT_SECONDS}s';"
                f"SET idle_in_transaction_session_timeout = '{IDLE_TIMEOUT_SECONDS}s'"
            )
