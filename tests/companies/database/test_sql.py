"""Queries that Django compiles once, on whatever database the tests run on."""

from datetime import date
from typing import Any

import pytest
from django.db.models import QuerySet

from companies.database.sql import fetch_rows
from companies.models import Company

pytestmark = pytest.mark.django_db


def _named(low: int, high: int) -> QuerySet[Company, Any]:
    return Company.objects.filter(pk__gte=low, pk__lte=high).order_by("pk").values_list("pk", "name", "due_date")


def test_a_compiled_query_finds_what_the_query_finds(companies: list[Company]) -> None:
    companies[1].due_date = date(2026, 2, 28)
    companies[1].save()
    for low, high in [(companies[0].pk, companies[1].pk), (companies[1].pk, companies[2].pk)]:
        assert fetch_rows(_named, low, high) == list(_named(low, high))


def test_a_query_that_turns_its_numbers_round_is_refused() -> None:
    with pytest.raises(TypeError, match="another order"):
        fetch_rows(lambda low, high: Company.objects.filter(pk__lte=high, plan_id__gte=low).values_list("pk"), 1, 2)
