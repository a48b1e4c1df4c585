"""Rows by their ids. WHMCS counts upwards and so do we, so rows that are asked for together are mostly neighbours."""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from django.db.models import QuerySet

from companies.database.among import among
from companies.database.sql import fetch_rows


def fetch_numbered(
    rows: Callable[..., QuerySet[Any, Any]], column: str, numbers: Collection[int], *given: int
) -> list[tuple[Any, ...]]:
    """Those of `rows(*given)` whose `column` is one of `numbers`, and perhaps some in between.

    `rows` makes a query of plain values, of the kind that `companies.database.sql.fetch_rows` takes.
    """
    if is_dense(numbers):
        return fetch_rows(_within(rows, column), *given, min(numbers), max(numbers))
    return list(rows(*given).filter(among(column, numbers))) if numbers else []


def is_dense(numbers: Collection[int]) -> bool:
    """Whether asking for the range is cheaper than asking for the list, because few others lie in between."""
    return bool(numbers) and max(numbers) - min(numbers) < 4 * len(numbers)


@cache
def _within(rows: Callable[..., QuerySet[Any, Any]], column: str) -> Callable[..., QuerySet[Any, Any]]:
    """The query for a range of numbers, the same one each time, so that it is compiled once."""

    def within(*numbers: int) -> QuerySet[Any, Any]:
        *given, low, high = numbers
        return rows(*given).filter(**{f"{column}__gte": low, f"{column}__lte": high})

    return within
