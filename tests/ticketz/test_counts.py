"""What pages count beside their lists: only what it is about, found by an index."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import AttentionItem, Kind, WhmcsGateway
from companies.models import Company
from tests.billing.factories import make_gateway
from tests.companies.factories import make_company, make_plan

pytestmark = pytest.mark.django_db
ON_POSTGRESQL = connection.vendor == "postgresql"


@pytest.fixture
def gateway(db: None) -> WhmcsGateway:
    gateway = make_gateway("WHMCS")
    items = (
        AttentionItem(gateway=gateway, kind=Kind.BAD_ROW, subject=str(n), closed_at=None if n < 20 else timezone.now())
        for n in range(3000)
    )
    AttentionItem.objects.bulk_create(items)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return gateway


def asked(client: Client, path: str) -> list[str]:
    """What a page asks the database."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in queries if "SELECT" in query["sql"]]


def plans_of(client: Client, path: str) -> str:
    """How those of them are answered that are about what needs attention."""
    found = [sql for sql in asked(client, path) if f'"{AttentionItem._meta.db_table}"' in sql]
    with connection.cursor() as cursor:
        for n, sql in enumerate(found):
            cursor.execute(f"EXPLAIN {'' if ON_POSTGRESQL else 'QUERY PLAN '}{sql}")
            found[n] = "\n".join(str(row[-1]) for row in cursor.fetchall())
    return "\n".join(found)


def test_the_list_of_plans_says_how_many_have_each_and_counts_them_once(operator: Client) -> None:
    plan = make_plan(name="Of three")
    for n in range(3):
        make_company(f"Company {n}", plan=plan)
    make_plan(name="Of nobody")
    page = operator.get("/admin/plans/plan/")
    assert {row.name: row.company_count for row in page.context["cl"].result_list} == {"Of three": 3, "Of nobody": 0}
    assert sum(Company._meta.db_table in sql for sql in asked(operator, "/admin/plans/plan/")) == 1


@pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite knows no better than to ask for all of the gateway's")
@pytest.mark.parametrize("path", ["/admin/billing/whmcsgateway/", "/admin/billing/whmcsgateway/{pk}/change/"])
def test_what_is_over_is_not_looked_at_to_count_what_waits(operator: Client, gateway: WhmcsGateway, path: str) -> None:
    plans = plans_of(operator, path.format(pk=gateway.pk))
    assert "attention_open" in plans or "one_open_item_per_cause" in plans


def test_the_same_that_happened_before_is_found_by_what_it_is_about(operator: Client, gateway: WhmcsGateway) -> None:
    path = f"/admin/billing/attentionitem/{AttentionItem.objects.earliest('pk').pk}/change/"
    assert "attention_by_subject" in plans_of(operator, path)
