"""Loads rows by their ids. Ids are given in ascending order, so rows that are wanted together are mostly adjacent."""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from django.db.models import QuerySet

from companies.database.among import among
from companies.database.sql import fetch_rows


def fetch_numbered(
    rows: Callable[..., QuerySet[Any, Any]], column: str, numbers: Collection[int], *given: int
) -> list[tuple[Any, ...]]:
    """The `rows(*given)` whose `column` is in `numbers`, and perhaps some others in between.

    `rows` builds a query of plain values that `companies.database.sql.fetch_rows` accepts.
    """
    if is_dense(numbers):
        return fetch_rows(_within(rows, column), *given, min(numbers), max(numbers))
    return list(rows(*given).filter(among(column, numbers))) if numbers else []


def is_dense(numbers: Collection[int]) -> bool:
    """Whether a range query is cheaper than a list of ids, because few others lie in between."""
    return bool(numbers) and max(numbers) - min(numbers) < 4 * len(numbers)


@cache
def _within(rows: Callable[..., QuerySet[Any, Any]], column: str) -> Callable[..., QuerySet[Any, Any]]:
    """A query function for a range of numbers; cached, so that its SQL is compiled only once."""

    def within(*numbers: int) -> QuerySet[Any, Any]:
        *given, low, high = numbers
        return rows(*given).filter(**{f"{column}__gte": low, f"{column}__lte": high})

    return within
