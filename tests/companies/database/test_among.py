"""One of many numbers as one parameter."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.database.among import among
from companies.models import Company
from tests.companies.factories import make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def numbers(db: None) -> list[int]:
    return [make_company(f"Company {n}").pk for n in range(5)]


def found(asked: list[int]) -> list[int]:
    return list(Company.objects.filter(among("id", asked)).order_by("pk").values_list("pk", flat=True))


def test_it_finds_just_those_that_are_asked_for(numbers: list[int]) -> None:
    assert found([numbers[3], numbers[1], 10**15]) == [numbers[1], numbers[3]]
    assert found([]) == []


def test_it_goes_with_other_conditions_and_follows_a_relation(numbers: list[int]) -> None:
    plans = {company.plan_id for company in Company.objects.all()}
    assert Company.objects.filter(among("plan_id", plans), among("id", numbers[:2]), name="Company 1").count() == 1
    assert Company.objects.exclude(among("id", numbers[:2])).count() == 3


def test_ten_thousand_numbers_are_one_parameter(numbers: list[int]) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert found(list(range(10_000)) + numbers) == sorted(numbers)
    assert len(asked) == 1
    sql, params = Company.objects.filter(among("id", range(10_000))).query.sql_with_params()
    assert sql.count("%s") == len(params) == 1


def test_an_index_finds_them(numbers: list[int]) -> None:
    plan = Company.objects.filter(among("id", numbers[:2])).explain()
    assert ("SEARCH" in plan and "SCAN companies_company" not in plan) or connection.vendor != "sqlite", plan
