"""What the turn of a month costs PostgreSQL: due dates move, and no index of the services hears of it."""

from datetime import date

import pytest
from django.db import connection

from billing.models import Subscription, WhmcsGateway
from companies.database.bulk import update_rows

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no room between its rows"),
]
SERVICES = 1000


def count_updates() -> tuple[int, int]:
    """How many updates of services this connection counts, those of transactions just before included, and how many of
    them were written beside the row before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_get_xact_tuples_updated(oid), pg_stat_get_xact_tuples_hot_updated(oid)"
            " FROM pg_class WHERE oid = 'billing_subscription'::regclass"
        )
        updated, beside = cursor.fetchone() or (0, 0)
    return updated, beside


def test_a_due_date_that_moves_is_written_beside_the_one_before() -> None:
    gateway = WhmcsGateway.objects.create(name="Shop", base_url="https://x.example", api_secret="s", product_code=3)
    services = Subscription.objects.bulk_create(
        Subscription(
            gateway=gateway, service_id=number, client_id=number, product_id=3, status="Active", plan_value="Team",
            due_date=date(2026, 12, 1),
        )
        for number in range(SERVICES)
    )  # fmt: skip
    updated_before, beside_before = count_updates()
    update_rows(Subscription, ["due_date"], [(service.pk, date(2027, 1, 1)) for service in services])
    updated, beside = count_updates()
    assert updated - updated_before == SERVICES
    assert beside - beside_before > 0.95 * SERVICES
