"""`column IN (many numbers)` with a single parameter. One parameter each would cost more than finding the rows."""

from collections.abc import Collection
from typing import Any

import msgspec
from django.db.models import BooleanField, Func, Q


class _Among(Func):
    """Whether a column holds one of `numbers`."""

    output_field = BooleanField()
    arity = 1

    def __init__(self, column: Any, *, numbers: Collection[int]) -> None:
        super().__init__(column)
        self.numbers = list(numbers)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        template = "%(expressions)s IN (SELECT value FROM json_each(%%s))"
        sql, params = self.as_sql(compiler, connection, template=template)
        return sql, (*params, msgspec.json.encode(self.numbers).decode())

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = self.as_sql(compiler, connection, template="%(expressions)s = ANY(%%s)")
        return sql, (*params, self.numbers)


def among(column: str, numbers: Collection[int]) -> Q:
    """The condition that the integer field `column` holds one of these numbers. It can use an index."""
    return Q(_Among(column, numbers=numbers))
