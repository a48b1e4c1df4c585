"""Bulk statements for SQLite: each holds the values of some dozen rows.

A statement per row costs twice as much, because `AUTOINCREMENT` writes its counter each time. Unpacking JSON as on
PostgreSQL is not cheaper here. There are only a few sizes, so that their prepared statements are reused.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections, models

from companies.database.bulk.columns import Columns, Field, fields_of, prepared, quoted

SIZES = (128, 32, 8, 1)


def update(model: type[models.Model], columns: Columns, same: Mapping[str, Any]) -> int:
    """Update the rows; the first of `columns` is their key. Returns how many exist."""
    return _write(_update, model, columns, same)


def insert(model: type[models.Model], columns: Columns, same: Mapping[str, Any]) -> None:
    """Insert the rows."""
    _write(_insert, model, columns, same)


def _write(make_sql: Callable[..., str], model: type[models.Model], columns: Columns, same: Mapping[str, Any]) -> int:
    alike, written = prepared(model, same), 0
    values, width = _row_by_row(model, columns), len(columns)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        for size, starts in _chunked(len(values) // width, width, beside=len(alike)):
            sql = make_sql(model, tuple(columns), tuple(same), size)
            cursor.executemany(sql, [[*alike, *values[n * width : (n + size) * width]] for n in starts])
            written += cursor.rowcount
    return written


def _row_by_row(model: type[models.Model], columns: Columns) -> list[Any]:
    """All values as SQLite stores them, row after row: the order of the placeholders."""
    (first, *_), width = columns.values(), len(columns)
    values: list[Any] = [None] * (len(first) * width)
    for n, (field, column) in enumerate(zip(fields_of(model, columns), columns.values(), strict=True)):
        values[n::width] = _as_stored(field, column)
    return values


@cache
def _update(model: type[models.Model], columns: tuple[str, ...], same: tuple[str, ...], size: int) -> str:
    table, (key, *names) = quoted(model._meta.db_table), [quoted(field) for field in fields_of(model, columns)]
    alike = [quoted(field) for field in fields_of(model, same)]
    values = [f"{name} = v.column{number}" for number, name in enumerate(names, 2)]  # as SQLite calls them
    sets = ", ".join([*(f"{name} = %s" for name in alike), *values])
    rows = f"({_values(len(columns), size)}) AS v"
    return f"UPDATE {table} SET {sets} FROM {rows} WHERE {table}.{key} = v.column1"  # noqa: S608 - names come from the model


@cache
def _insert(model: type[models.Model], columns: tuple[str, ...], same: tuple[str, ...], size: int) -> str:
    names = ", ".join(quoted(field) for field in fields_of(model, [*same, *columns]))
    alike = f"(SELECT {', '.join(['%s'] * len(same))}) JOIN " if same else ""
    rows = f"SELECT * FROM {alike}({_values(len(columns), size)})"  # noqa: S608 - as above
    return f"INSERT INTO {quoted(model._meta.db_table)} ({names}) {rows}"


def _values(width: int, size: int) -> str:
    row = f"({', '.join(['%s'] * width)})"
    return f"VALUES {', '.join([row] * size)}"


def _chunked(count: int, width: int, *, beside: int) -> Iterator[tuple[int, range]]:
    """Divide `count` rows into statements: yields a size and the starts of the statements with this size.

    Uses the largest size whose parameters are allowed; `beside` more parameters go with each statement.
    """
    most = connections[DEFAULT_DB_ALIAS].features.max_query_params or 0
    begun = 0
    for size in SIZES:
        if size == 1 or size * width + beside <= most:
            end = begun + (count - begun) // size * size
            if end > begun:
                yield size, range(begun, end, size)
            begun = end


def _as_stored(field: Field, values: Sequence[Any]) -> Sequence[Any]:
    """The values, with dates, datetimes and JSON as texts. An object that occurs in many rows is converted once."""
    make = _text_maker(field)
    if make is None:
        return values
    keys = list(map(id, values))
    texts = {key: make(value) for key, value in dict(zip(keys, values, strict=True)).items()}
    return list(map(texts.__getitem__, keys))


def _text_maker(field: Field) -> Callable[[Any], str | None] | None:
    if isinstance(field, models.DateTimeField):
        make: Callable[[Any], str | None] = connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value
        return make
    if isinstance(field, models.DateField):
        return _day
    return _json if isinstance(field, models.JSONField) else None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
