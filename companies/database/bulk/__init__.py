"""One statement for many rows, each with values of its own.

`bulk_update` would build a CASE for every row. What is cheap instead differs: see `on_postgresql` and `on_sqlite`.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from companies.database.bulk import on_postgresql, on_sqlite
from companies.database.bulk.columns import Rows

__all__ = ["insert_rows", "update_moved", "update_rows"]

_NONE: Mapping[str, Any] = MappingProxyType({})


def update_rows(
    model: type[models.Model], columns: Sequence[str], rows: Rows, *, same: Mapping[str, Any] = _NONE
) -> int:
    """Set columns of many rows at once and return how many of the rows were there. Call it in a transaction.

    `columns` are names of fields, of a relation also the name of its column, such as `plan_id`. Each of `rows` is the
    primary key followed by one value for each column. `same` has the values of columns that are alike in all rows.
    """
    if not rows:
        return 0
    update = on_sqlite.update if _is_sqlite() else on_postgresql.update
    return update(model, tuple(columns), rows, same)


def update_moved(
    model: type[models.Model], columns: Sequence[str], keys: Sequence[int], befores: Rows, afters: Rows,
    *, beside: Mapping[str, Sequence[Any]] = _NONE, same: Mapping[str, Any] = _NONE,
) -> int:  # fmt: skip
    """Like `update_rows`, but of `columns` only those that are different in at least one row: one that stays as it is
    costs as much to write. `beside` has the values of more columns, one for each row.
    """
    if not keys:
        return 0
    was, is_now = zip(*befores, strict=True), zip(*afters, strict=True)
    moved = {name: after for name, before, after in zip(columns, was, is_now, strict=True) if before != after}
    if not (moved or beside or same):
        return 0
    rows = list(zip(keys, *moved.values(), *beside.values(), strict=True))
    return update_rows(model, [*moved, *beside], rows, same=same)


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Rows, *, same: Mapping[str, Any] = _NONE
) -> None:
    """Add many rows at once. Call it in a transaction.

    `columns` and `same` (see `update_rows`) have to name all columns but the key: no default of the model is applied.
    """
    if rows:
        insert = on_sqlite.insert if _is_sqlite() else on_postgresql.insert
        insert(model, tuple(columns), rows, same)


def _is_sqlite() -> bool:
    return connections[DEFAULT_DB_ALIAS].vendor == "sqlite"
