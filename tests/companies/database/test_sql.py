"""Writing many rows with one statement, on whatever database the tests run on."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DataError, connection
from django.db.models import QuerySet

from companies.database.bulk import insert_rows, update_rows
from companies.database.sql import fetch_rows
from companies.models import Company, Event
from plans.models import Plan

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 12, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture
def companies() -> list[Company]:
    plan = Plan.objects.create(name="Team")
    return [Company.objects.create(name=name, plan=plan) for name in ("Alice", "Bob", "Charlie")]


def test_each_row_gets_values_of_its_own(companies: list[Company]) -> None:
    first, second, third = companies
    columns = ["name", "due_date", "status_since"]
    rows = [(first.pk, "Ä 'q' \"d\" % 🔑", date(2026, 2, 28), AT), (second.pk, "", None, AT)]
    assert update_rows(Company, columns, rows) == 2
    found = list(Company.objects.order_by("pk").values_list("pk", *columns))
    assert found[:2] == rows
    assert found[2] == (third.pk, "Charlie", None, third.status_since)


def test_a_row_that_is_gone_is_not_counted(companies: list[Company]) -> None:
    assert update_rows(Company, ["name"], [(companies[0].pk, "A"), (companies[2].pk + 1, "B")]) == 1


def test_no_rows_are_no_statement(django_assert_num_queries: pytest.FixtureRequest) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert update_rows(Company, ["name"], []) == 0
        insert_rows(Event, ["code"], [])


def test_texts_that_look_like_something_else_stay_texts(companies: list[Company]) -> None:
    for text in ("1", "true", "null", "1e3", "[1]", "2026-01-01", "007"):
        update_rows(Company, ["name"], [(companies[0].pk, text)])
        companies[0].refresh_from_db()
        assert companies[0].name == text


def test_inserted_rows_read_like_saved_ones(companies: list[Company]) -> None:
    columns = ["company_id", "at", "code", "actor_id", "actor_label", "before", "after", "reason", "reading"]
    row: tuple[object, ...] = (
        companies[0].pk,
        AT,
        "opened",
        None,
        "sync run 1",
        {},
        {"due_date": None, "plan": "Ä", "n": 2**62},
        "why",
        None,
    )
    insert_rows(Event, columns, [row, row])
    assert list(Event.objects.values_list(*columns)) == [row, row]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite keeps texts of any length")
def test_a_text_that_is_too_long_is_refused_and_not_cut(companies: list[Company]) -> None:
    with pytest.raises(DataError):
        update_rows(Company, ["status"], [(companies[0].pk, "x" * 21)])


def test_a_lone_surrogate_is_refused(companies: list[Company]) -> None:
    with pytest.raises(ValueError, match="surrogates"):
        update_rows(Company, ["name"], [(companies[0].pk, "\ud800")])


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
