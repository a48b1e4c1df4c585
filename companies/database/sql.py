"""One statement for many rows, each with values of its own.

The rows travel as one JSON parameter, which the database takes apart: a placeholder for each value would cost more
than all the rest, and `bulk_update` would even build a CASE for every row. Only where SQLite inserts, it is cheaper to
run a prepared statement for each row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Aggregate, JSONField, QuerySet, Subquery, Value

Field: TypeAlias = "models.Field[Any, Any]"
Rows: TypeAlias = Sequence[Sequence[Any]]
M = TypeVar("M", bound=models.Model)


class JsonList(Aggregate):
    """Values of many rows as one list, in no order."""

    output_field = JSONField()

    @classmethod
    def of(cls, rows: "QuerySet[Any]", value: Any) -> Subquery:
        """A column with `value` of each of these rows; None where there are none."""
        group = rows.order_by().annotate(everything=Value(1)).values("everything")
        return Subquery(group.annotate(found=cls(value)).values("found"))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **context)


def partly_loaded(model: type[M], **columns: Any) -> M:
    """A row of which these columns, the key among them, came with another query. The others load when asked for."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in columns]
    return model.from_db(DEFAULT_DB_ALIAS, names, [columns[name] for name in names])


def update_rows(
    model: type[models.Model], columns: Sequence[str], rows: Rows, *, same: Mapping[str, Any] = MappingProxyType({})
) -> int:
    """Set columns of many rows at once and return how many of the rows were there.

    `columns` are names of fields, of a relation also the name of its column, such as `plan_id`. Each of `rows` is the
    primary key followed by one value for each column. `same` has the values of columns that are alike in all rows.
    """
    assert model._meta.pk is not None  # noqa: S101 - for the type checker: every table has a key
    key, *fields = _fields(model, [model._meta.pk.name, *columns])
    alike = _fields(model, same)
    table, names = _quoted(model._meta.db_table), [_name(field) for field in [*fields, *alike]]
    sets = ", ".join(f"{name} = v.{name}" for name in names)
    values = _select([key, *fields], alike)
    sql = f"UPDATE {table} SET {sets} FROM ({values}) AS v WHERE {table}.{_name(key)} = v.{_name(key)}"  # noqa: S608 - names come from the model
    return _execute(sql, _with_database_times([key, *fields], rows), _prepared(alike, same))


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Rows, *, same: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Add many rows at once. `columns` and `same` (see `update_rows`) have to name all columns but the key: defaults of
    the model are not applied.
    """
    fields, alike = _fields(model, columns), _fields(model, same)
    into = f"{_quoted(model._meta.db_table)} ({', '.join(map(_name, [*fields, *alike]))})"
    if not _is_sqlite():
        _execute(f"INSERT INTO {into} {_select(fields, alike)}", rows, _prepared(alike, same))
    elif rows:
        places = ", ".join(["%s"] * len([*fields, *alike]))
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {into} VALUES ({places})",  # noqa: S608 - as above
                _as_sqlite_keeps_them(fields, rows, _prepared(alike, same)),
            )


def moved_columns(pairs: Sequence[tuple[Sequence[Any], Sequence[Any]]]) -> list[int]:
    """The places at which at least one of the pairs differs: a column that stays as it is costs as much to write."""
    if not pairs:
        return []
    befores, afters = zip(*pairs, strict=True)
    columns = zip(zip(*befores, strict=True), zip(*afters, strict=True), strict=True)
    return [n for n, (before, after) in enumerate(columns) if before != after]


def fetch_rows(query: Callable[..., models.QuerySet[Any, Any]], *numbers: int) -> list[tuple[Any, ...]]:
    """The rows of `query(*numbers)` as the driver hands them out, for what is asked over and over.

    Django compiles the query once and is left out of it from then on: to compile it anew and to convert each value
    costs more than to read some hundred rows. So the query may depend on the numbers only by their values, in their
    order, and what it selects has to be numbers, texts, days or booleans.
    """
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_compiled(query, len(numbers), connections[DEFAULT_DB_ALIAS].vendor), numbers)
        return list(cursor.fetchall())


@cache
def _compiled(query: Callable[..., models.QuerySet[Any, Any]], count: int, vendor: str) -> str:
    numbers = tuple(range(1, count + 1))
    sql, params = query(*numbers).query.sql_with_params()
    if tuple(params) != numbers:
        raise TypeError(f"{query.__name__} uses its numbers in another order, or other values: {params}.")
    return str(sql)


def _execute(sql: str, rows: Rows, alike: Sequence[Any]) -> int:
    if not rows:
        return 0
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, [*alike, msgspec.json.encode(rows).decode()])
        return int(cursor.rowcount)


def _prepared(fields: Sequence[Field], values: Mapping[str, Any]) -> list[Any]:
    connection = connections[DEFAULT_DB_ALIAS]
    return [field.get_db_prep_value(value, connection) for field, value in zip(fields, values.values(), strict=True)]


def _with_database_times(fields: Sequence[Field], rows: Rows) -> Rows:
    """SQLite keeps a moment as a text of Django's making; every other value is the same in JSON."""
    adapt = cache(connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value)  # many rows share one moment
    moments = [n for n, field in enumerate(fields) if isinstance(field, models.DateTimeField)]
    if not moments:
        return rows
    prepared = [list(row) for row in rows]
    for row in prepared:
        for n in moments:
            row[n] = adapt(row[n])
    return prepared


def _as_sqlite_keeps_them(fields: Sequence[Field], rows: Rows, alike: Sequence[Any]) -> Rows:
    """The rows with days, moments and JSON as texts, followed by the values that are alike in all of them."""
    prepared = [[*row, *alike] for row in _with_database_times(fields, rows)]
    days = [n for n, field in enumerate(fields) if type(field) is models.DateField]
    objects = [n for n, field in enumerate(fields) if isinstance(field, models.JSONField)]
    for row in prepared:
        for n in objects:
            row[n] = msgspec.json.encode(row[n]).decode()
        for n in days:
            row[n] = row[n] and row[n].isoformat()
    return prepared


def _select(fields: Sequence[Field], alike: Sequence[Field]) -> str:
    """A query that takes the JSON parameter apart into columns that are named like those of the table.

    Parameters for columns that are alike in all rows come before it.
    """
    if _is_sqlite():
        values = [f"json_extract(value, '$[{n}]') AS {_name(f)}" for n, f in enumerate(fields)]
        given, table = [f"%s AS {_name(f)}" for f in alike], "json_each(%s)"
    else:
        values = [f"CAST(value ->> {n} AS {_type(f)}) AS {_name(f)}" for n, f in enumerate(fields)]
        given, table = [f"CAST(%s AS {_type(f)}) AS {_name(f)}" for f in alike], "jsonb_array_elements(%s::jsonb)"
    return f"SELECT {', '.join([*values, *given])} FROM {table}"  # noqa: S608 - as above


def _is_sqlite() -> bool:
    return connections[DEFAULT_DB_ALIAS].vendor == "sqlite"


def _fields(model: type[models.Model], names: Iterable[str]) -> list[Field]:
    by_name = {name: field for field in model._meta.concrete_fields for name in (field.name, field.attname)}
    return [by_name[name] for name in names]


def _type(field: Field) -> str:
    """The type of a column without its length: a cast to `varchar(50)` would cut off silently what is too long."""
    return str(field.rel_db_type(connections[DEFAULT_DB_ALIAS])).partition("(")[0]


def _name(field: Field) -> str:
    return _quoted(str(field.column))


def _quoted(name: str) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)
