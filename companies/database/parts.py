"""Reads many rows in parts, without holding them all in memory."""

from collections.abc import Iterator
from typing import Any, TypeVar

from django.db import models
from django.db.models import QuerySet

Row = TypeVar("Row")
AT_A_TIME = 2000


def in_parts(rows: "QuerySet[Any, Row]", *, key: str = "pk", size: int = AT_A_TIME) -> Iterator[list[Row]]:
    """All of `rows` in the order of `key`, at most `size` at a time, with one query per part (keyset pagination).

    Rows are models, or tuples that begin with `key`, a unique integer column. This is not `QuerySet.iterator`, because
    connection poolers do not allow server-side cursors that live longer than a statement.
    """
    rows, last = rows.order_by(key), None
    while part := list((rows if last is None else rows.filter(**{f"{key}__gt": last}))[:size]):
        yield part
        if len(part) < size:
            return
        end: Any = part[-1]
        last = getattr(end, key) if isinstance(end, models.Model) else end[0]
