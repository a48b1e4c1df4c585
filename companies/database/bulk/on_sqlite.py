"""Many rows for SQLite: statements with the values of some dozen rows each.

A statement for each row costs twice as much: `AUTOINCREMENT` alone writes its counter with each. To take JSON apart as
PostgreSQL does is not cheaper here. There are few sizes, because a prepared statement of each is kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import chain
from typing import Any

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections, models

from companies.database.bulk.columns import Field, Rows, fields_of, prepared, quoted

SIZES = (128, 32, 8, 1)


def update(model: type[models.Model], columns: tuple[str, ...], rows: Rows, same: Mapping[str, Any]) -> int:
    """Set `columns` of rows, each of which begins with its key; returns how many were there."""
    return _write(_update, model, ("pk", *columns), rows, same)


def insert(model: type[models.Model], columns: tuple[str, ...], rows: Rows, same: Mapping[str, Any]) -> int:
    """Add rows."""
    return _write(_insert, model, columns, rows, same)


def _write(
    make_sql: Callable[..., str], model: type[models.Model], columns: Sequence[str], rows: Rows, same: Mapping[str, Any]
) -> int:
    alike, written = prepared(model, same), 0
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        for size, chunks in _chunked(_as_kept(fields_of(model, columns), rows), beside=len(alike)):
            sql = make_sql(model, columns, tuple(same), size)
            cursor.executemany(sql, [[*alike, *chain.from_iterable(chunk)] for chunk in chunks])
            written += cursor.rowcount
    return written


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


def _chunked(rows: Rows, *, beside: int) -> Iterator[tuple[int, list[Rows]]]:
    """The rows in chunks, the largest first that one statement may take (`beside` more values go with each)."""
    most = connections[DEFAULT_DB_ALIAS].features.max_query_params or 0
    begun = 0
    for size in SIZES:
        if size == 1 or size * len(rows[0]) + beside <= most:
            end = begun + (len(rows) - begun) // size * size
            if end > begun:
                yield size, [rows[n : n + size] for n in range(begun, end, size)]
            begun = end


def _as_kept(fields: Iterable[Field], rows: Rows) -> Rows:
    """The rows with days, moments and JSON as texts."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for n, field in enumerate(fields):
        if text := _text_maker(field):
            columns[n] = _texts(columns[n], text)
    return list(zip(*columns, strict=True))


def _texts(values: Sequence[Any], text: Callable[[Any], str | None]) -> list[str | None]:
    """What `text` makes of each of these, asked once for an object that stands in many rows."""
    known = {id(value): value for value in values}
    texts = {key: text(value) for key, value in known.items()}
    return [texts[id(value)] for value in values]


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
