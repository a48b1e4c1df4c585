"""How all companies stand, without a look at each.

Companies of which everything is the same that a verdict rests on are one group. The database counts the groups, and
`companies.access` is asked once for each: there are some hundred where there are 100,000 companies. The same columns
lead back from groups to their companies, so a list holds as many as were counted.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Any, NamedTuple

import msgspec
from django.db.models import BigIntegerField, BooleanField, Case, Count, DateField, F, Func, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from companies.access import Access, Facts, Reason, State, decide_access
from companies.access.forecast import Loss, decide_loss
from companies.models import BillingSource, Company
from companies.standings.facts import CompanyRow, facts_of_row, is_read_on


class Key(NamedTuple):
    """What the companies of a group have in common. In place of nothing stands a value that means as little.

    Of `unreadable_since` the day is enough: whether a reading is evidence depends on the day in which it began.
    """

    source: int
    status: str
    due: date
    override: date
    hold: date
    unreadable: date
    is_locked: bool
    is_closing_held: bool


NOTHING = Key(
    source=0, status="", due=date.max, override=date.min, hold=date.min, unreadable=date.max,
    is_locked=False, is_closing_held=False,
)  # fmt: skip


class Group(NamedTuple):
    """A group: how many companies it has, what is known of them, and what that means."""

    key: Key
    companies: int
    facts: Facts
    is_read_on: bool
    access: Access


def load_groups(now: datetime, companies: QuerySet[Company] | None = None) -> list[Group]:
    """All companies, or these, group by group, as they stand at `now`; two queries."""
    zone = timezone.get_default_timezone()
    sources = BillingSource.objects.in_bulk()
    # Named apart from the fields of a company, as annotations have to be.
    columns = {f"key_{name}": column for name, column in _columns(zone).items()}
    found = Company.objects.all() if companies is None else companies
    rows = found.order_by().values(**columns).annotate(companies=Count("pk")).values_list(*columns, "companies")
    return [_judge(Key(*row[:-1]), row[-1], sources, now, zone) for row in rows]


def count_by_verdict(groups: Iterable[Group]) -> Counter[tuple[State, Reason]]:
    """How many companies are in which state, and why."""
    counts: Counter[tuple[State, Reason]] = Counter()
    for group in groups:
        counts[group.access.state, group.access.reason] += group.companies
    return counts


def losses(groups: Iterable[Group], *, now: datetime, days: int) -> list[tuple[Loss, Group]]:
    """The groups that lose access within `days` days if nothing changes, the first ones first."""
    zone = timezone.get_default_timezone()
    found = []
    for group in groups:
        loss = decide_loss(group.facts, is_read_on=group.is_read_on, now=now, zone=zone, days=days)
        if loss is not None:
            found.append((loss, group))
    return sorted(found, key=lambda pair: (pair[0], pair[1].key))


def companies_of(groups: Iterable[Group], companies: QuerySet[Company]) -> QuerySet[Company]:
    """Those of `companies` that belong to these groups."""
    keys = [group.key for group in groups]
    return companies.filter(in_groups(keys)) if keys else companies.none()


def in_groups(keys: Sequence[Key]) -> Q:
    """The condition for companies of groups with these keys, of the same size however many there are."""
    days = [key.due for key in keys if key.due != NOTHING.due]
    # What an index can find comes first, so that a small group costs little.
    due = Q(due_date__range=(min(days), max(days))) if days else Q()
    if len(days) < len(keys):
        due |= Q(due_date=None)
    roughly = Q(status__in=sorted({key.status for key in keys})) & due
    return roughly & one_of(keys)


def one_of(keys: Sequence[Key]) -> Q:
    """The same, which no index helps with."""
    return Q(_IsOneOf(*_columns(timezone.get_default_timezone()).values(), rows=keys))


def _columns(zone: tzinfo) -> dict[str, Any]:
    """The parts of a key in the database, never NULL."""
    # SQLite has Python find the day, so only where there is one to be found.
    unreadable = Case(When(unreadable_since__isnull=False, then=TruncDate("unreadable_since", tzinfo=zone)))
    return {
        "source": Coalesce("source_id", Value(NOTHING.source), output_field=BigIntegerField()),
        "status": F("status"),
        "due": Coalesce("due_date", Value(NOTHING.due), output_field=DateField()),
        "override": Coalesce("override_until", Value(NOTHING.override), output_field=DateField()),
        "hold": Coalesce("hold_until", Value(NOTHING.hold), output_field=DateField()),
        "unreadable": Coalesce(unreadable, Value(NOTHING.unreadable), output_field=DateField()),
        "is_locked": Case(When(locked_at__isnull=False, then=True), default=False, output_field=BooleanField()),
        "is_closing_held": Case(
            When(closing_held_since__isnull=False, then=True), default=False, output_field=BooleanField()
        ),
    }


def _judge(key: Key, companies: int, sources: dict[int, BillingSource], now: datetime, zone: tzinfo) -> Group:
    source = sources.get(key.source)
    row = _row_of(key, now, zone)
    facts = facts_of_row(row, source, now=now)
    return Group(key, companies, facts, is_read_on(row, source), decide_access(facts, now=now, zone=zone))


def _row_of(key: Key, now: datetime, zone: tzinfo) -> CompanyRow:
    """A company of the group. When it was suspended or locked is no part of the verdict, only that it was."""
    days = {name: None if value == getattr(NOTHING, name) else value for name, value in key._asdict().items()}
    unreadable = days["unreadable"]
    return CompanyRow(
        status=key.status,
        status_since=now,
        due_date=days["due"],
        override_until=days["override"],
        hold_until=days["hold"],
        locked_at=now if key.is_locked else None,
        unreadable_since=datetime.combine(unreadable, time.min, tzinfo=zone) if unreadable else None,
        closing_held_since=now if key.is_closing_held else None,
    )


class _IsOneOf(Func):
    """Whether the values of some columns are a row of `rows`, as one JSON parameter (`companies.database.sql`)."""

    output_field = BooleanField()
    arity = len(Key._fields)

    def __init__(self, *columns: Any, rows: Sequence[Key]) -> None:
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
