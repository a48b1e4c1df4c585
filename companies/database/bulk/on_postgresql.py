"""Bulk statements for PostgreSQL: all rows are one JSON parameter, which the database unpacks.

A placeholder for each value would cost more than all the rest.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections, models

from companies.database.bulk.columns import Columns, Field, fields_of, prepared, quoted


def update(model: type[models.Model], columns: Columns, same: Mapping[str, Any]) -> int:
    """Update the rows; the first of `columns` is their key. Returns how many exist."""
    return _execute(_update(model, tuple(columns), tuple(same)), prepared(model, same), columns)


def insert(model: type[models.Model], columns: Columns, same: Mapping[str, Any]) -> None:
    """Insert the rows."""
    _execute(_insert(model, tuple(columns), tuple(same)), prepared(model, same), columns)


def _execute(sql: str, alike: Sequence[Any], columns: Columns) -> int:
    rows = list(zip(*columns.values(), strict=True))
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, [*alike, msgspec.json.encode(rows).decode()])
        return int(cursor.rowcount)


@cache
def _update(model: type[models.Model], columns: tuple[str, ...], same: tuple[str, ...]) -> str:
    fields, alike = fields_of(model, columns), fields_of(model, same)
    table, (key, *names) = quoted(model._meta.db_table), [quoted(field) for field in [*fields, *alike]]
    sets = ", ".join(f"{name} = v.{name}" for name in names)
    return f"UPDATE {table} SET {sets} FROM ({_select(fields, alike)}) AS v WHERE {table}.{key} = v.{key}"  # noqa: S608 - names come from the model


@cache
def _insert(model: type[models.Model], columns: tuple[str, ...], same: tuple[str, ...]) -> str:
    fields, alike = fields_of(model, columns), fields_of(model, same)
    names = ", ".join(quoted(field) for field in [*fields, *alike])
    return f"INSERT INTO {quoted(model._meta.db_table)} ({names}) {_select(fields, alike)}"


def _select(fields: Sequence[Field], alike: Sequence[Field]) -> str:
    """A query that unpacks the JSON parameter into columns with the names of the table's.

    The parameters for columns with the same value in all rows come before it.
    """
    values = [f"CAST(value ->> {n} AS {_type(field)}) AS {quoted(field)}" for n, field in enumerate(fields)]
    given = [f"CAST(%s AS {_type(field)}) AS {quoted(field)}" for field in alike]
    return f"SELECT {', '.join([*values, *given])} FROM jsonb_array_elements(%s::jsonb)"  # noqa: S608 - as above


def _type(field: Field) -> str:
    """The type of a column without its length, because a cast to `varchar(50)` would silently cut long texts."""
    return str(field.rel_db_type(connections[DEFAULT_DB_ALIAS])).partition("(")[0]
