"""Reads for which the ORM is too slow, or which it can't express."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Aggregate, JSONField, QuerySet, Subquery, Value

M = TypeVar("M", bound=models.Model)


class JsonList(Aggregate):
    """Aggregates the values of many rows into one JSON list, in no order."""

    output_field = JSONField()

    @classmethod
    def of(cls, rows: "QuerySet[Any]", value: Any) -> Subquery:
        """A subquery column with the list of `value` of these rows; None if there are none."""
        group = rows.order_by().annotate(everything=Value(1)).values("everything")
        return Subquery(group.annotate(found=cls(value)).values("found"))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **context)


def partly_loaded(model: type[M], **columns: Any) -> M:
    """A model instance from the columns of another query, the key among them. Other fields are deferred."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in columns]
    return model.from_db(DEFAULT_DB_ALIAS, names, [columns[name] for name in names])


def fetch_rows(query: Callable[..., models.QuerySet[Any, Any]], *numbers: int) -> list[tuple[Any, ...]]:
    """The rows of `query(*numbers)` as raw tuples from the driver, for hot queries.

    Django compiles the SQL only once. Compiling it every time and converting each value would cost more than reading
    some hundred rows. So the numbers may only be parameters of the query, in their order, and the query may only select
    numbers, texts, dates or booleans.
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
