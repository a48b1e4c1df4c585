"""Long tables a part at a time."""

from typing import Any

import pytest

from companies.database.parts import in_parts
from companies.models import Company

pytestmark = pytest.mark.django_db


def test_every_row_comes_once_in_the_order_of_its_key(companies: list[Company]) -> None:
    parts = list(in_parts(Company.objects.order_by("-name"), size=2))
    assert parts == [companies[:2], companies[2:]]


def test_tuples_may_begin_with_another_unique_column(companies: list[Company]) -> None:
    numbers = [company.pk for company in companies]
    assert list(in_parts(Company.objects.values_list("id", "name"), key="id", size=1)) == [
        [(company.pk, company.name)] for company in companies
    ]
    assert list(in_parts(Company.objects.filter(pk__in=numbers[1:]).values_list("pk"), size=2)) == [
        [(number,) for number in numbers[1:]]
    ]


@pytest.mark.parametrize(("size", "queries"), [(2, 2), (3, 2), (4, 1)])
def test_a_part_costs_a_query_and_one_that_is_not_full_is_the_last(
    companies: list[Company], django_assert_num_queries: Any, size: int, queries: int
) -> None:
    with django_assert_num_queries(queries):
        assert sum(len(part) for part in in_parts(Company.objects.all(), size=size)) == len(companies)


def test_an_empty_table_has_no_part(db: None) -> None:
    assert list(in_parts(Company.objects.all())) == []
