"""Finds the columns of a table by the names of their fields."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from django.db import DEFAULT_DB_ALIAS, connections, models

Field: TypeAlias = "models.Field[Any, Any]"
Rows: TypeAlias = Sequence[Sequence[Any]]
# The values of each column by its name, one for each row.
Columns: TypeAlias = Mapping[str, Sequence[Any]]


def fields_of(model: type[models.Model], names: Iterable[str]) -> list[Field]:
    """The fields with these names. `pk` is the primary key, and a relation may also be named by its column."""
    by_name = {name: field for field in model._meta.concrete_fields for name in (field.name, field.attname)}
    by_name["pk"] = next(field for field in model._meta.concrete_fields if field.primary_key)
    return [by_name[name] for name in names]


def prepared(model: type[models.Model], values: Mapping[str, Any]) -> list[Any]:
    """The values of fields, converted for the database."""
    connection = connections[DEFAULT_DB_ALIAS]
    pairs = zip(fields_of(model, values), values.values(), strict=True)
    return [field.get_db_prep_value(value, connection) for field, value in pairs]


def quoted(name: "str | Field") -> str:
    """The quoted name of a table, or of a field's column."""
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name if isinstance(name, str) else str(name.column))
