"""Changes of tables that the version before can live with while it is still running. For use in migrations.

What such a migration may hold is told in CONTRIBUTING.md and checked by `tests/upgrade/test_rules.py`.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


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
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted}")
            editor: Any = schema_editor  # only PostgreSQL's knows `concurrently`
            editor.add_index(model, self.index, concurrently=True)
