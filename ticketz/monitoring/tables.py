"""Whether the database has all the tables that this code works with."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_known: set[str] = set()


def are_migrated() -> bool:
    """False as long as `manage.py migrate` of this version has not run. What it once has done stays done.

    Migrations that this code does not know belong to the next version, which may be on its way in beside it.
    """
    if connection.alias not in _known:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _known.add(connection.alias)
    return True


def forget() -> None:
    """Look anew at the next question."""
    _known.clear()
