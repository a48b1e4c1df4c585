"""Long tables, their lists in the administration, and how the database answers for them."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import connection
from django.db.models import Model, QuerySet
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import AttentionItem, Kind, RunRecord, SyncRun, WhmcsGateway
from companies.admin.lists.paging import BigList
from companies.events import Code
from companies.models import Event, Membership, OutgoingMail, User
from tests.companies.factories import make_company, make_person, make_plan

BIG_LISTS = {model._meta.label_lower: model for model, its in admin.site._registry.items() if isinstance(its, BigList)}


def fill(gateway: WhmcsGateway, rows: int, first: int = 0) -> None:
    """So many rows in each of the long tables."""
    plan, now = make_plan(name=f"Plan {first}"), timezone.now()
    run = SyncRun.objects.create(gateway=gateway, trigger=SyncRun.Trigger.SCHEDULE, outcome=SyncRun.Outcome.COMPLETE)
    for n in range(first, first + rows):
        company = make_company(f"Company {n:03}", plan=plan)
        person = make_person(f"person{n:03}@example.com", company=company, password=None)
        Event.objects.create(company=company, code=Code.OPENED, actor=person, after={"status": "active"})
        OutgoingMail.objects.create(kind=OutgoingMail.Kind.WELCOME, user=person)
        SyncRun.objects.create(gateway=gateway, trigger=SyncRun.Trigger.SCHEDULE, started_at=now - timedelta(hours=n))
        RunRecord.objects.create(run=run, result=RunRecord.Result.CREATED, code="provision", company=company)
        AttentionItem.objects.create(gateway=gateway, kind=Kind.BAD_ROW, subject=str(n), params={"reason": "bad_id"})


def choices_of(model: type[Model]) -> set[str]:
    """The address of each choice beside the list, from every filter on its own."""
    page = list_of(model, {})
    return {str(choice["query_string"]) for filter_ in page.filter_specs for choice in filter_.choices(page)}


def rows_of(model: type[Model], chosen: dict[str, str]) -> QuerySet[Any]:
    found: QuerySet[Any] = list_of(model, chosen).queryset
    return found


def list_of(model: type[Model], chosen: dict[str, str]) -> ChangeList:
    request = RequestFactory().get("/", chosen)
    request.user = User(is_staff=True, is_superuser=True)
    return admin_of(model).get_changelist_instance(request)


def admin_of(model: type[Model]) -> "admin.ModelAdmin[Any]":
    return admin.site._registry[model]


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


def sorts(plan: str) -> bool:
    """Whether rows are brought into order one against the other, so that all of them have to be read."""
    return "TEMP B-TREE" in plan if connection.vendor == "sqlite" else "Sort" in plan


def read_to_the_end(model: type[Model], chosen: dict[str, str]) -> list[str]:
    """The plans of those questions of a list that are answered by a look at every row of a long table."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = on; SET LOCAL enable_bitmapscan = on")
        cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off")
    models: list[type[Model]] = [*BIG_LISTS.values(), Membership]
    tables = [f"Seq Scan on {model._meta.db_table}" for model in models]
    with CaptureQueriesContext(connection) as asked:
        list(rows_of(model, chosen)[:50])
    plans = [plan_of(query["sql"]) for query in asked if "SELECT" in query["sql"]]
    return [plan for plan in plans if any(scan in plan for scan in tables)]
