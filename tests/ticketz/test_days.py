"""Days come out of the database as they went in, though SQLite's are made of their text only once."""

from datetime import date, timedelta

import pytest
from django.db import connection

from companies.models import Company
from plans.models import Plan

TODAY = date(2026, 11, 26)


@pytest.mark.django_db
def test_days_are_what_they_were_when_they_were_written() -> None:
    plan = Plan.objects.create(name="Team")
    days = [TODAY, None, date(1, 1, 1), date(9999, 12, 31), TODAY, TODAY + timedelta(days=1)]
    for n, day in enumerate(days):
        Company.objects.create(name=str(n), plan=plan, due_date=day)
    assert list(Company.objects.order_by("pk").values_list("due_date", flat=True)) == days


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite keeps days as texts")
def test_equal_days_of_sqlite_are_one_object() -> None:
    plan = Plan.objects.create(name="Team")
    for name in "ab":
        Company.objects.create(name=name, plan=plan, due_date=TODAY)
    first, second = Company.objects.values_list("due_date", flat=True)
    assert first is second
