"""Rows for the lists of the administration: for each company three people, five events and one of everything else."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import F
from django.utils import timezone

from bench.fill import create_gateway, fill
from bench.world import World
from billing.models import AttentionItem, Kind, RunRecord, SyncRun, WhmcsGateway
from companies.access import Status
from companies.events import Code
from companies.models import Company, Event, Membership, OutgoingMail, User

M = TypeVar("M", bound=models.Model)
PEOPLE = 3


def fill_crowd(companies: int) -> WhmcsGateway:
    """A gateway with so many companies, and all that comes with them."""
    world = World(companies)
    gateway = create_gateway("http://127.0.0.1:1" + world.path)
    fill(gateway, world)
    _give_fates()
    numbers = list(Company.objects.order_by("pk").values_list("pk", flat=True))
    _add(User, (User(email=f"p{n}@example.com", name=f"Person {n}") for n in range(PEOPLE * companies)))
    people = list(User.objects.order_by("pk").values_list("pk", flat=True))
    _add(Membership, (Membership(user_id=pk, company_id=numbers[n // PEOPLE]) for n, pk in enumerate(people)))
    _add_runs(gateway, numbers)
    _add_stories(numbers, people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL's own daemon does within a minute
    return gateway


def _give_fates() -> None:
    """A tenth has ended, a due date passed for some every day of the last weeks, and a few are kept open."""
    today, companies = timezone.localdate(), Company.objects.annotate(n=F("pk") % 1000)
    for n in range(60):
        companies.filter(n__range=(n * 15, n * 15 + 14)).update(due_date=today + timedelta(days=n - 20))
    companies.filter(n__gte=900).update(status=Status.TERMINATED.value, due_date=today - timedelta(days=200))
    companies.filter(n=7).update(hold_until=today + timedelta(days=30))


def _add_stories(numbers: list[int], people: list[int]) -> None:
    now, oldest = timezone.now(), SyncRun.objects.earliest("pk").pk
    stories = [(Code.OPENED, None), *((Code.BILLING_CHANGED, oldest + n) for n in range(4))]
    for code, reading in stories:
        moments = ((pk, now - timedelta(minutes=n)) for n, pk in enumerate(numbers))
        _add(Event, (Event(company_id=pk, code=code, at=at, reading=reading) for pk, at in moments))
    _add(OutgoingMail, (OutgoingMail(kind="welcome", user_id=pk, sent_at=now) for pk in people[: len(numbers)]))


def _add_runs(gateway: WhmcsGateway, numbers: list[int]) -> None:
    now, outcomes = timezone.now(), list(SyncRun.Outcome)
    _add(
        SyncRun,
        (
            SyncRun(gateway=gateway, trigger="schedule", outcome=outcomes[n % len(outcomes)], started_at=moment)
            for n in range(len(numbers))
            for moment in [now - timedelta(minutes=n)]
        ),
    )
    run = SyncRun.objects.earliest("pk")
    _add(RunRecord, (RunRecord(run=run, result="created", code="provision", company_id=pk) for pk in numbers))
    _add(
        AttentionItem,
        (
            AttentionItem(gateway=gateway, kind=Kind.BAD_ROW, subject=str(n), params={"reason": "bad_id"})
            for n in range(len(numbers))
        ),
    )


def _add(model: type[M], rows: Iterable[M]) -> None:
    for some in _in_batches(rows):
        model._default_manager.bulk_create(some)


def _in_batches(rows: Iterable[Any], size: int = 5000) -> Iterable[list[Any]]:
    held: list[Any] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield held
            held = []
    yield held
