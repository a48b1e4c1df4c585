"""Who loses access next: batches that add up, in pages and as a whole, in the same order."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from companies.models import Company
from companies.standings.groups import load_groups
from companies.standings.upcoming import Batch, batches, count_within, load_all, load_slice
from tests.companies.factories import make_company

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture
def found() -> list[Batch]:
    """Three a day on the days 4 to 23 and, of those, one more for another reason; and who loses nothing."""
    for days in range(20):
        for name in "cab":
            make_company(f"{days} {name}", due_date=TODAY + timedelta(days=days))
    make_company("held", status="suspended", hold_until=TODAY + timedelta(days=3))
    make_company("no date", due_date=None)
    make_company("far", due_date=TODAY + timedelta(days=60))
    return batches(load_groups(NOW), now=NOW, days=30)


def test_they_come_by_day_then_by_name(found: list[Batch]) -> None:
    everybody = [line.name for line in load_all(found, now=NOW)]
    assert everybody[:7] == ["0 a", "0 b", "0 c", "held", "1 a", "1 b", "1 c"]
    assert len(everybody) == 61


def test_the_numbers_within_a_horizon_are_those_of_the_companies(found: list[Batch]) -> None:
    assert [count_within(found, now=NOW, days=days) for days in (3, 4, 7, 30)] == [0, 4, 13, 61]
    assert sum(batch.companies for batch in batches(load_groups(NOW), now=NOW, days=7)) == 13


def test_a_line_for_other_programs_is_no_whole_company(found: list[Batch], monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand of them would take half a minute."""
    monkeypatch.setattr(Company, "from_db", None)
    assert len(list(load_all(found, now=NOW))) == 61


@pytest.mark.parametrize("size", [1, 5, 50, 100])
def test_pages_put_together_are_the_whole(
    found: list[Batch], size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    whole = [(line.number, line.name, line.state, line.loss) for line in load_all(found, now=NOW)]
    pages = []
    for start in range(0, 61, size):
        with django_assert_num_queries(1):
            pages += load_slice(found, start, start + size, now=NOW)
    assert [(one.company.pk, one.company.name, one.access.state, one.loss) for one in pages] == whole


def test_behind_the_end_there_is_nothing(found: list[Batch]) -> None:
    assert load_slice(found, 61, 100, now=NOW) == []
    assert load_slice([], 0, 50, now=NOW) == []
