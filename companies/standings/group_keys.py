"""The key of a group of companies: the columns that decide access, read and compared in the database.

`companies.standings.groups` explains what the groups are for.
"""

from collections.abc import Sequence
from datetime import date, tzinfo
from typing import Any, NamedTuple

import msgspec
from django.db.models import BigIntegerField, BooleanField, Case, DateField, F, Func, Q, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone


class GroupKey(NamedTuple):
    """What the companies of a group have in common. A missing value is written as the one in `ABSENT`, never as NULL.

    `unreadable` is only the day of `unreadable_since`: a reading counts as evidence by the day on which it began.
    """

    source: int
    status: str
    due: date
    override: date
    hold: date
    unreadable: date
    is_locked: bool
    is_closing_held: bool


ABSENT = GroupKey(
    source=0, status="", due=date.max, override=date.min, hold=date.min, unreadable=date.max,
    is_locked=False, is_closing_held=False,
)  # fmt: skip


def key_in(keys: Sequence[GroupKey]) -> Q:
    """The condition for companies with one of these keys. The keys are one parameter, however many there are."""
    days = [key.due for key in keys if key.due != ABSENT.due]
    # A rough condition that an index can answer, so that a small group costs little.
    due = Q(due_date__range=(min(days), max(days))) if days else Q()
    if len(days) < len(keys):
        due |= Q(due_date=None)
    roughly = Q(status__in=sorted({key.status for key in keys})) & due
    return roughly & key_in_unindexed(keys)


def key_in_unindexed(keys: Sequence[GroupKey]) -> Q:
    """The same without the part that an index can answer."""
    return Q(_IsRowIn(*key_columns(timezone.get_default_timezone()).values(), rows=keys))


def key_columns(zone: tzinfo) -> dict[str, Any]:
    """The parts of a key as expressions that are never NULL."""
    # On SQLite, TruncDate calls back into Python, so it is only evaluated where there is a moment.
    unreadable = Case(When(unreadable_since__isnull=False, then=TruncDate("unreadable_since", tzinfo=zone)))
    return {
        "source": Coalesce("source_id", Value(ABSENT.source), output_field=BigIntegerField()),
        "status": F("status"),
        "due": Coalesce("due_date", Value(ABSENT.due), output_field=DateField()),
        "override": Coalesce("override_until", Value(ABSENT.override), output_field=DateField()),
        "hold": Coalesce("hold_until", Value(ABSENT.hold), output_field=DateField()),
        "unreadable": Coalesce(unreadable, Value(ABSENT.unreadable), output_field=DateField()),
        "is_locked": Case(When(locked_at__isnull=False, then=True), default=False, output_field=BooleanField()),
        "is_closing_held": Case(
            When(closing_held_since__isnull=False, then=True), default=False, output_field=BooleanField()
        ),
    }


class _IsRowIn(Func):
    """Whether the values of the columns are a row of `rows`, sent as one JSON parameter (`companies.database.sql`)."""

    output_field = BooleanField()
    arity = len(GroupKey._fields)

    def __init__(self, *columns: Any, rows: Sequence[GroupKey]) -> None:
        super().__init__(*columns)
        self.rows = msgspec.json.encode(rows).decode()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        values = ", ".join(f"json_extract(value, '$[{n}]')" for n in range(self.arity))
        return self._compare(compiler, connection, f"SELECT {values} FROM json_each(%s)")  # noqa: S608 - numbers only

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        types = [column.output_field.db_type(connection).partition("(")[0] for column in self.get_source_expressions()]
        values = ", ".join(f"CAST(value ->> {n} AS {type_})" for n, type_ in enumerate(types))
        return self._compare(compiler, connection, f"SELECT {values} FROM jsonb_array_elements(%s::jsonb)")  # noqa: S608 - types of columns

    def _compare(self, compiler: Any, connection: Any, table: str) -> tuple[str, tuple[Any, ...]]:
        sql, params = self.as_sql(compiler, connection, template=f"(%(expressions)s) IN ({table.replace('%', '%%')})")
        return sql, (*params, self.rows)
