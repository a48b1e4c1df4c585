"""Changes of tables that the version before can live with while it is still running. For use in migrations.

What such a migration may hold is told in CONTRIBUTING.md and checked by `tests/upgrade/test_rules.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


@contextmanager
def waiting_for_others(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Whoever builds an index beside the others waits for all who were there before, such as a backup, however long
    that takes (`ticketz.timeouts` sets an end to other waits): nobody waits for them meanwhile. For PostgreSQL.
    """
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        (usual,) = cursor.fetchone()
        cursor.execute("SET lock_timeout = 0")
        try:
            yield
        finally:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [usual])


class AddIndexOnline(migrations.AddIndex):
    """Like AddIndex, but on PostgreSQL nobody waits while it is built. Its migration needs `atomic = False`.

    A build that was broken off leaves an index behind that answers nothing; the next try takes that one away first.
    """

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            quoted = schema_editor.connection.ops.quote_name(self.index.name)
            editor: Any = schema_editor  # only PostgreSQL's knows `concurrently`
            with waiting_for_others(schema_editor.connection):
                editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted}")
                editor.add_index(model, self.index, concurrently=True)


class LeaveRoomForUpdates(Operation):
    """On PostgreSQL fill pages of a table to this percentage only; nobody waits for it.

    An update makes a new version of a row. Where that has room beside the old one and no indexed column changed, no
    index hears of it. What stands already stays where it is, so a large table gets there as its rows are updated.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, filled: int) -> None:
        self.model_name, self.filled = model_name, filled

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"model_name": self.model_name, "filled": self.filled}

    def describe(self) -> str:
        return f"Fill pages of {self.model_name} to {self.filled} %"

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """No model knows of it."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._alter(app_label, schema_editor, to_state, f"SET (fillfactor = {self.filled})")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._alter(app_label, schema_editor, to_state, "RESET (fillfactor)")

    def _alter(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: ProjectState, how: str) -> None:
        connection, model = schema_editor.connection, state.apps.get_model(app_label, self.model_name)
        if connection.vendor == "postgresql" and self.allow_migrate_model(connection.alias, model):
            schema_editor.execute(f"ALTER TABLE {connection.ops.quote_name(model._meta.db_table)} {how}")
