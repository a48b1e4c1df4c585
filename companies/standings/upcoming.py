"""The companies that lose access next if nothing changes, in the order of their losses."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone

from companies.access import Access, State, decide_access
from companies.access.forecast import Loss
from companies.models import BillingSource, Company
from companies.standings.facts import CompanyRow, access_of, facts_of_row
from companies.standings.group_keys import key_in
from companies.standings.groups import Group, companies_of, losses
from plans.models import Plan

HORIZONS = (7, 14, 30)
AT_A_TIME = 1000
_COLUMNS = ("source_id", *(name for name in CompanyRow._fields if name != "status_since"))


class Batch(NamedTuple):
    """Companies that lose access on the same day and for the same reason."""

    loss: Loss
    groups: Sequence[Group]

    @property
    def companies(self) -> int:
        """The number of companies."""
        return sum(group.companies for group in self.groups)


class Upcoming(NamedTuple):
    """A company that loses access: its access now, and when and why it loses it."""

    company: Company
    access: Access
    loss: Loss


class Line(NamedTuple):
    """The same for an export, with only the values that it shows. `source` is "" if the company has none."""

    number: int
    name: str
    plan: str
    state: State
    loss: Loss
    source: str


def batches(groups: Iterable[Group], *, now: datetime, days: int) -> list[Batch]:
    """The losses within `days` days, one batch for each day and reason."""
    found = losses(groups, now=now, days=days)
    return [Batch(loss, [group for _, group in pairs]) for loss, pairs in groupby(found, key=lambda pair: pair[0])]


def count_within(found: Iterable[Batch], *, now: datetime, days: int) -> int:
    """How many of the companies lose access within `days` days."""
    today = timezone.localdate(now)
    return sum(batch.companies for batch in found if (batch.loss.day - today).days <= days)


def load_all(found: Iterable[Batch], *, now: datetime) -> Iterator[Line]:
    """All companies, batch by batch, with little memory: of a whole batch only the ids are loaded at once."""
    plans = dict(Plan.objects.values_list("pk", "name"))
    sources = BillingSource.objects.in_bulk()
    state_of = _state_decider(sources, now)
    for batch in found:
        numbers = list(_ordered(companies_of(batch.groups, Company.objects.all())).values_list("pk", flat=True))
        for start in range(0, len(numbers), AT_A_TIME):
            some = _ordered(Company.objects.filter(pk__in=numbers[start : start + AT_A_TIME]))
            for pk, name, plan, *facts in some.values_list("pk", "name", "plan_id", *_COLUMNS):
                source = sources[facts[0]].name if facts[0] is not None else ""
                yield Line(pk, name, plans[plan], state_of(*facts), batch.loss, source)


def _state_decider(sources: Mapping[int, BillingSource], now: datetime) -> Callable[..., State]:
    """A cached function from the values of `_COLUMNS` to a state. `status_since` does not matter for the state."""
    zone = timezone.get_default_timezone()

    @lru_cache(AT_A_TIME)
    def state_of(source_id: int | None, *facts: Any) -> State:
        row = CompanyRow(status_since=now, **dict(zip(_COLUMNS[1:], facts, strict=True)))
        source = sources.get(source_id) if source_id is not None else None
        return decide_access(facts_of_row(row, source, now=now), now=now, zone=zone).state

    return state_of


def load_slice(found: Iterable[Batch], start: int, stop: int, *, now: datetime) -> list[Upcoming]:
    """The companies from position `start` up to `stop`, like a slice; one query that reads only their batches."""
    place, touched, before = 0, [], 0
    for batch in found:
        if place + batch.companies <= start:
            before = place + batch.companies
        elif place < stop:
            touched.append(batch)
        place += batch.companies
    if not touched:
        return []
    number = Case(*(_when(n, batch) for n, batch in enumerate(touched)), output_field=IntegerField())
    rows: QuerySet[Any] = companies_of((s for batch in touched for s in batch.groups), _companies())
    rows = rows.annotate(batch=number).order_by("batch", "name", "pk")[start - before : stop - before]
    return [Upcoming(row, access_of(row, now=now), touched[row.batch].loss) for row in rows]


def _when(n: int, batch: Batch) -> When:
    return When(key_in([group.key for group in batch.groups]), then=Value(n))


def _ordered(companies: QuerySet[Company]) -> QuerySet[Company]:
    return companies.order_by("name", "pk")


def _companies() -> QuerySet[Company]:
    return Company.objects.select_related("plan", "source")
