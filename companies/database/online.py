"""Migration operations that are safe while the previous version is still running.

CONTRIBUTING.md has the rules for such migrations, and `tests/upgrade/test_rules.py` checks them.
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
def without_lock_timeout(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within the block wait for locks as long as it takes. For PostgreSQL.

    A concurrent index build waits for all older transactions, such as a backup, but blocks nobody meanwhile. So the
    limit of `ticketz.timeouts` must not apply to it.
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
    """Like AddIndex, but CONCURRENTLY on PostgreSQL. Its migration needs `atomic = False`.

    An interrupted build leaves an invalid index behind. The next try drops it first.
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
            with without_lock_timeout(schema_editor.connection):
                editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted}")
                editor.add_index(model, self.index, concurrently=True)


class LeaveRoomForUpdates(Operation):
    """Set the fillfactor of a table on PostgreSQL, so that updates can be HOT. It blocks nobody.

    If the new version of a row fits into the same page and no indexed column changed, no index has to be updated.
    Existing rows stay where they are, so a large table profits gradually, as its rows are updated.
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
        """The state of the models does not change."""

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
