"""How long PostgreSQL has somebody of ours wait for a lock, and how long it lets one of ours keep others waiting.

Nobody needs a lock for more than moments. Whoever holds one for long is a person with a transaction left open, or a
process of ours that was frozen in the middle of something. Without these two, all who write wait as long as that lasts.
SQLite has a timeout of its own, in the settings. Said to each connection, not in its options: poolers refuse those.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

LOCK_TIMEOUT_SECONDS = 20
# Longer than any step of ours thinks between two statements.
IDLE_TIMEOUT_SECONDS = 60


def set_timeouts() -> None:
    """From now on, for each new connection."""
    connection_created.connect(_tell, dispatch_uid="ticketz.timeouts")


def allow_silence(cursor: Any) -> None:
    """Until this transaction ends, others do the work and it only stands for one moment in time."""
    cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def _tell(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                f"SET lock_timeout = '{LOCK_TIMEOUT_SECONDS}s';"
                f"SET idle_in_transaction_session_timeout = '{IDLE_TIMEOUT_SECONDS}s'"
            )
