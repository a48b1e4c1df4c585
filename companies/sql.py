"""One statement for many rows, each with values of its own."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

# Stays below every database's limit of parameters in one statement.
ROWS_PER_STATEMENT = 500


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Set columns of many rows at once and return how many of the rows were there.

    `columns` are names of fields, of a relation also the name of its column, such as `plan_id`. Each of `rows` is the
    primary key followed by one value for each column. `bulk_update` would build a CASE for every row, which costs ten
    times as much.
    """
    return sum(
        _update_some(model, columns, rows[start : start + ROWS_PER_STATEMENT])
        for start in range(0, len(rows), ROWS_PER_STATEMENT)
    )


def _update_some(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    quote = connection.ops.quote_name
    by_name = {name: field for field in model._meta.concrete_fields for name in (field.name, field.attname)}
    key, *fields = [by_name[name] for name in (model._meta.pk.name, *columns)]
    sets = ", ".join(f"{quote(str(f.column))} = {_typed(f, n)}" for n, f in enumerate(fields, start=2))
    values = ", ".join(["(" + ", ".join(["%s"] * (len(fields) + 1)) + ")"] * len(rows))
    table = quote(model._meta.db_table)
    sql = (
        f"UPDATE {table} SET {sets} FROM (VALUES {values}) AS v "  # noqa: S608 - names come from the model
        f"WHERE {table}.{quote(str(key.column))} = {_typed(key, 1)}"
    )
    parameters = [
        field.get_db_prep_save(value, connection)
        for row in rows
        for field, value in zip([key, *fields], row, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def _typed(field: "models.Field[Any, Any]", position: int) -> str:
    """The n-th value with its column's type: PostgreSQL takes a list of dates or NULLs for text otherwise."""
    if connection.vendor == "postgresql":
        return f"CAST(v.column{position} AS {field.rel_db_type(connection)})"
    return f"v.column{position}"
