"""The list of all stories from some day on, though no index knows the time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.admin.lists.filters import first_since
from companies.events import Code
from companies.models import Company, Event
from tests.companies.factories import make_company, make_person, sign_in

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def company() -> Company:
    return make_company("Alice")


def tell(company: Company, hours: Sequence[float], *, begin: datetime = BEGIN) -> list[int]:
    """Events so many hours after the beginning, written in this order; their numbers."""
    rows = [Event(company=company, code=Code.OPENED, at=begin + timedelta(hours=hour)) for hour in hours]
    return [event.pk for event in Event.objects.bulk_create(rows)]


@pytest.mark.parametrize("count", [1, 2, 3, 10, 33])
def test_it_finds_the_first_of_each_hour_among_however_many(company: Company, count: int) -> None:
    numbers = tell(company, range(count))
    for hour in range(count):
        assert first_since(Event.objects.all(), BEGIN + timedelta(hours=hour)) == numbers[hour]
        assert first_since(Event.objects.all(), BEGIN + timedelta(hours=hour - 0.5)) == numbers[hour]


def test_after_the_last_there_is_none_and_among_none_there_is_none(company: Company) -> None:
    assert not Event.objects.filter(pk__gte=first_since(Event.objects.all(), BEGIN)).exists()
    tell(company, [1, 2])
    late = first_since(Event.objects.all(), BEGIN + timedelta(hours=3))
    assert not Event.objects.filter(pk__gte=late).exists()


def test_numbers_that_are_missing_are_passed_over(company: Company) -> None:
    numbers = tell(company, range(20))
    Event._base_manager.filter(pk__in=numbers[5:15]).delete()
    from_then_on = Event.objects.filter(pk__gte=first_since(Event.objects.all(), BEGIN + timedelta(hours=7)))
    assert sorted(from_then_on.values_list("pk", flat=True)) == numbers[15:]


def test_what_a_long_reading_told_late_hides_nothing_that_is_newer(company: Company) -> None:
    numbers = tell(company, [0, 1, 2, 1.5, 1.5, 3, 4])
    assert first_since(Event.objects.all(), BEGIN + timedelta(hours=2)) <= numbers[5]


def test_it_looks_some_ten_times_among_a_thousand(company: Company) -> None:
    tell(company, [hour / 10 for hour in range(1000)])
    with CaptureQueriesContext(connection) as asked:
        first_since(Event.objects.all(), BEGIN + timedelta(hours=50))
    assert len(asked) <= 12


def test_an_operator_sees_what_happened_today_or_in_the_past_seven_days(company: Company) -> None:
    now = timezone.now()
    old, recent = make_company("Long ago"), make_company("Three days ago")
    Event._base_manager.all().delete()
    tell(old, [0], begin=now - timedelta(days=800))
    tell(recent, [0], begin=now - timedelta(days=3))
    tell(company, [0], begin=now)
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))

    def shown(since: str) -> list[str]:
        page = operator.get("/admin/companies/event/", {"since": since}).content.decode()
        return [name for name in ("Alice", "Three days ago", "Long ago") if f">{name}<" in page]

    assert shown("today") == ["Alice"]
    assert shown("week") == ["Alice", "Three days ago"]
    assert "Long ago" not in shown("year")
    assert shown("") == shown("nonsense") == ["Alice", "Three days ago", "Long ago"]
