"""What a migration may not do while the version before is still at work on the same database."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

from companies.database.online import AddIndexOnline

AnyField: TypeAlias = "models.Field[Any, Any]"
REASON = "side_by_side"
"""A migration's attribute that says why it does no harm to the version before; read by people, so write it for them."""

_TAKES_AWAY = (
    operations.RemoveField, operations.DeleteModel, operations.RenameField, operations.RenameModel,
    operations.AlterModelTable,
)  # fmt: skip
_UNKNOWN = (operations.RunPython, operations.RunSQL, operations.SeparateDatabaseAndState)
_WIDER = {("integer", "bigint"), ("smallint", "integer"), ("smallint", "bigint"), ("varchar", "text")}


def dangers_of(migration: Migration, state: ProjectState, new: Sequence[Migration] = ()) -> list[str]:
    """Each thing in `migration` that the running version would stumble over; `state` is that of the models before it.

    Models that one of the `new` migrations makes are known to nobody yet, so with them all is allowed.
    """
    if getattr(migration, REASON, ""):
        return []
    state, fresh = state.clone(), set(_models_made_by([*new, migration]))
    found = []
    for operation in migration.operations:
        model = getattr(operation, "model_name", getattr(operation, "name", "")).lower()
        if (migration.app_label, model) not in fresh:
            found += [f"{operation.describe()}: {danger}" for danger in _dangers(operation, state, migration)]
        operation.state_forwards(migration.app_label, state)
    return found


def _models_made_by(migrations: Sequence[Migration]) -> Iterator[tuple[str, str]]:
    for migration in migrations:
        for operation in migration.operations:
            if isinstance(operation, operations.CreateModel):
                yield migration.app_label, operation.name_lower


def _dangers(operation: Operation, state: ProjectState, migration: Migration) -> Iterator[str]:
    if isinstance(operation, _TAKES_AWAY):
        yield "the running version still uses it; take it away one version after its last use"
    elif isinstance(operation, _UNKNOWN):
        yield f"nobody can tell by looking; say in the migration's `{REASON}` why it does no harm"
    elif isinstance(operation, operations.AddField):
        yield from _of_new_column(operation.field)
    elif isinstance(operation, operations.AlterField):
        before = state.models[migration.app_label, operation.model_name_lower].fields[operation.name]
        yield from _of_changed_column(before, operation.field)
    elif isinstance(operation, AddIndexOnline):
        if migration.atomic:
            yield "needs `atomic = False` on its migration"
    elif isinstance(operation, operations.AddIndex):
        yield "nobody can write while it is built: use companies.database.online.AddIndexOnline"
    elif isinstance(operation, operations.AddConstraint):
        yield f"the running version may break it; say in the migration's `{REASON}` why it does not"


def _of_new_column(field: AnyField) -> Iterator[str]:
    if field.many_to_many:
        return
    if not field.null and field.db_default is NOT_PROVIDED:
        yield "the running version inserts rows without it: give it a db_default, or null=True"
    if field.unique:
        yield "all rows of the running version would hold the same value"


def _of_changed_column(before: AnyField, after: AnyField) -> Iterator[str]:
    if before.null and not after.null:
        yield "the running version may write NULL"
    if after.unique and not before.unique:
        yield "the running version may write the same value twice"
    if (before.max_length or 0) > (after.max_length or 0) > 0:
        yield "the running version may write a longer text"
    if before.db_default is not NOT_PROVIDED and after.db_default is NOT_PROVIDED and not after.null:
        yield "the running version may leave it out"
    types = _type_of(before), _type_of(after)
    if types[0] != types[1] and types not in _WIDER:
        yield f"its type becomes another one ({types[0]} -> {types[1]})"


def _type_of(field: AnyField) -> str:
    """The column's type in PostgreSQL's terms, without a length; keys to other tables count as their name."""
    from django.db.backends.postgresql.base import DatabaseWrapper

    if field.remote_field is not None:
        return field.get_internal_type()
    return str(DatabaseWrapper.data_types.get(field.get_internal_type(), field.get_internal_type())).partition("(")[0]
