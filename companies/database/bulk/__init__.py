"""Bulk updates and inserts: one statement for many rows, each with its own values.

Django's `bulk_update` builds a CASE for every row, which is slow. The fast way differs by database: see
`on_postgresql` and `on_sqlite`.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from companies.database.bulk import on_postgresql, on_sqlite
from companies.database.bulk.columns import Columns, Rows

__all__ = ["insert_columns", "insert_rows", "update_moved", "update_rows"]

_NONE: Mapping[str, Any] = MappingProxyType({})


def update_rows(
    model: type[models.Model], columns: Sequence[str], rows: Rows, *, same: Mapping[str, Any] = _NONE
) -> int:
    """Update many rows at once and return how many of them exist. Call it in a transaction.

    `columns` are field names; a relation may also be named by its column, such as `plan_id`. Each of `rows` is the
    primary key followed by one value for each column. `same` holds the columns that get the same value in all rows.
    """
    return _update(model, _by_name(["pk", *columns], rows), same) if rows else 0


def update_moved(
    model: type[models.Model], columns: Sequence[str], keys: Sequence[int], befores: Rows, afters: Rows,
    *, beside: Columns = _NONE, same: Mapping[str, Any] = _NONE,
) -> int:  # fmt: skip
    """Like `update_rows`, but writes only those `columns` that changed in at least one row, because an unchanged column
    costs as much to write. `beside` holds more columns with one value for each row.
    """
    if not keys:
        return 0
    was, is_now = zip(*befores, strict=True), zip(*afters, strict=True)
    moved = {name: after for name, before, after in zip(columns, was, is_now, strict=True) if before != after}
    if not (moved or beside or same):
        return 0
    return _update(model, {"pk": keys, **moved, **beside}, same)


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Rows, *, same: Mapping[str, Any] = _NONE
) -> None:
    """Insert many rows at once. Call it in a transaction.

    `columns` and `same` (see `update_rows`) must name all columns except the key: the model's defaults are not applied.
    """
    if rows:
        insert_columns(model, _by_name(columns, rows), same=same)


def insert_columns(model: type[models.Model], columns: Columns, *, same: Mapping[str, Any] = _NONE) -> None:
    """The same for at least one row, given as columns: for each its values, one for each row."""
    insert = on_sqlite.insert if _is_sqlite() else on_postgresql.insert
    insert(model, columns, same)


def _update(model: type[models.Model], columns: Columns, same: Mapping[str, Any]) -> int:
    update = on_sqlite.update if _is_sqlite() else on_postgresql.update
    return update(model, columns, same)


def _by_name(names: Sequence[str], rows: Rows) -> Columns:
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def _is_sqlite() -> bool:
    return connections[DEFAULT_DB_ALIAS].vendor == "sqlite"
