"""Writing many rows at once, on whatever database the tests run on."""

from datetime import UTC, date, datetime

import pytest
from django.db import DataError, connection

from companies.database.bulk import insert_rows, update_moved, update_rows
from companies.models import Company, Event

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 12, 30, 0, 123456, tzinfo=UTC)


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


@pytest.mark.parametrize("count", [1, 9, 127, 300])
def test_every_row_is_written_however_many_there_are(companies: list[Company], count: int) -> None:
    """SQLite gets them in statements of several sizes."""
    columns = ["company_id", "code", "actor_id", "before", "after", "reason"]
    same = {"at": AT, "actor_label": "sync run 1", "reading": 7}
    insert_rows(
        Event, columns, [(companies[0].pk, "opened", None, {}, {"n": n}, str(n)) for n in range(count)], same=same
    )
    events = list(Event.objects.order_by("pk").values_list("pk", "reason", "after", *same))
    assert [event[1:] for event in events] == [(str(n), {"n": n}, *same.values()) for n in range(count)]
    rows = [(pk, f"{reason}!") for pk, reason, *_ in events]
    assert update_rows(Event, ["reason"], rows, same={"reading": None}) == count
    assert list(Event.objects.order_by("pk").values_list("pk", "reason", "reading")) == [(*row, None) for row in rows]


def test_only_what_is_different_is_written(
    companies: list[Company], django_assert_num_queries: pytest.FixtureRequest
) -> None:
    keys, names = [company.pk for company in companies], ["name", "email"]
    befores = [(company.name, "") for company in companies]
    afters = [("Alicia", ""), *befores[1:]]
    with django_assert_num_queries(1) as captured:  # type: ignore[operator]
        assert update_moved(Company, names, keys, befores, afters) == 3
    assert "email" not in captured[0]["sql"]
    assert [company.name for company in Company.objects.order_by("pk")] == ["Alicia", "Bob", "Charlie"]
    assert update_moved(Company, names, keys, afters, afters) == 0
    assert update_moved(Company, names, [], [], []) == 0


def test_what_all_rows_get_is_written_also_where_nothing_else_is_different(companies: list[Company]) -> None:
    keys, names = [company.pk for company in companies], [(company.name,) for company in companies]
    assert update_moved(Company, ["name"], keys, names, names, same={"email": "x@example.com"}) == 3
    assert set(Company.objects.values_list("email", flat=True)) == {"x@example.com"}
