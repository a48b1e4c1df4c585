"""The database went away while it was asked: a restart, a fail-over, a connection that was cut."""

from django.db import InterfaceError, InternalError, OperationalError, connection

# The last is what PostgreSQL says to whom it ended for their silence (`ticketz.timeouts`).
BROKEN = (OperationalError, InterfaceError, InternalError)


def let_go_of_broken() -> None:
    """Have the next query open a connection, where the one of before broke.

    Outside a transaction Django keeps one that broke until a request or a task is over, and all that is asked until
    then fails as well, also what only wants to write down how it ended.
    """
    connection.close_if_unusable_or_obsolete()
