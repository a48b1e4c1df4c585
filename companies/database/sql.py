"""Reading what Django's queries would make dear, or can't say."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Aggregate, JSONField, QuerySet, Subquery, Value

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
