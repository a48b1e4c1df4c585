"""Broken database connections: a restart, a fail-over, a connection that was cut."""

from django.db import InterfaceError, InternalError, OperationalError, connection

# InternalError comes when PostgreSQL ended an idle connection (`ticketz.timeouts`).
BROKEN = (OperationalError, InterfaceError, InternalError)


def let_go_of_broken() -> None:
    """Drop a broken connection, so that the next query opens a new one.

    Outside a transaction, Django keeps a broken connection until the end of the request or task. Until then every query
    fails, also the one that wants to store how it ended.
    """
    connection.close_if_unusable_or_obsolete()
