"""Whether the database has all tables that this version needs."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_known: set[str] = set()


def are_migrated() -> bool:
    """False until `manage.py migrate` of this version has run. A positive result is cached.

    Migrations that this code does not know belong to the next version, which may be on its way in beside it.
    """
    if connection.alias not in _known:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _known.add(connection.alias)
    return True


def forget() -> None:
    """Check again at the next call."""
    _known.clear()
