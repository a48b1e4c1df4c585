"""The figures of each day: counted by the clock, once an hour, and never in the way of anything."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from companies.access import Reason, State
from companies.models import Company, DailyStanding
from companies.standings.history import Day, load_days, note_day, with_today
from tests.companies.factories import make_company

NOW = timezone.now().replace(hour=12)
TODAY = timezone.localdate(NOW)


@pytest.fixture
def companies() -> None:
    make_company("Open")
    make_company("Late", due_date=TODAY - timedelta(days=1))
    make_company("Suspended", status="suspended")
    make_company("Ended", status="terminated")


@pytest.mark.django_db
def test_a_day_holds_how_many_stood_how_without_those_that_ended(companies: None) -> None:
    note_day(NOW)
    assert load_days(NOW, days=90) == [Day(TODAY, 1, 1, 1)]
    assert DailyStanding.objects.get().companies["blocked"] == {"suspended": 1, "terminated": 1}


@pytest.mark.django_db
def test_within_the_hour_a_tick_asks_once_and_writes_nothing(
    companies: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    note_day(NOW)
    with django_assert_num_queries(1):
        note_day(NOW + timedelta(minutes=59))
    assert DailyStanding.objects.get().counted_at == NOW


@pytest.mark.django_db
@pytest.mark.parametrize("later", [timedelta(hours=1), timedelta(hours=-2)])
def test_a_day_is_corrected_while_it_lasts_also_after_a_clock_went_back(companies: None, later: timedelta) -> None:
    note_day(NOW)
    Company.objects.filter(name="Suspended").update(status="active")
    note_day(NOW + later)
    assert load_days(NOW, days=90) == [Day(TODAY, 2, 1, 0)]


@pytest.mark.django_db
def test_a_day_on_which_nothing_was_counted_is_missing(companies: None) -> None:
    for days_ago in (89, 5, 0):
        note_day(NOW - timedelta(days=days_ago))
    DailyStanding.objects.create(day=TODAY - timedelta(days=90), counted_at=NOW)
    assert [(TODAY - day.day).days for day in load_days(NOW, days=90)] == [89, 5, 0]


@pytest.mark.django_db
def test_where_there_are_no_companies_there_is_nothing_to_remember() -> None:
    note_day(NOW)
    assert not DailyStanding.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_leave_one_day(companies: None) -> None:
    together(lambda now: note_day(now), 4)
    assert DailyStanding.objects.count() == 1


def together(note: Callable[[datetime], None], times: int) -> None:
    """Call it from several threads in the same moment; raises what one of them raised."""
    start, errors = Barrier(times), []

    def one() -> None:
        try:
            start.wait()
            note(NOW)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_today_is_as_it_is_now_and_not_as_it_was_noted() -> None:
    noted = [Day(TODAY - timedelta(days=1), 5, 0, 0), Day(TODAY, 8, 1, 0)]
    counted = {
        (State.OPEN, Reason.PAID): 3,
        (State.GRACE, Reason.OVERDUE_IN_GRACE): 2,
        (State.BLOCKED, Reason.SUSPENDED): 1,
        (State.BLOCKED, Reason.TERMINATED): 9,
    }
    assert with_today(noted, counted, TODAY) == [noted[0], Day(TODAY, 3, 2, 1)]
    assert with_today(noted, {}, TODAY) == noted
