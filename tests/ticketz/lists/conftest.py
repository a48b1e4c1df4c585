"""A gateway, and a PostgreSQL that shows by which index it finds its way."""

import pytest
from django.db import connection

from billing.models import WhmcsGateway
from tests.billing.factories import make_gateway


@pytest.fixture
def gateway(db: None) -> WhmcsGateway:
    return make_gateway("WHMCS")


@pytest.fixture(autouse=True)
def sorting_is_dear(db: None) -> None:
    """A PostgreSQL that finds no rows would rather sort them than open an index."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
            )
            for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
