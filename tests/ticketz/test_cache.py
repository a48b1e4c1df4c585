"""The cache in a table: what throttles rest on, with few statements."""

from itertools import count

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.companies.factories import PASSWORD, make_company, make_person, type_password
from ticketz import cache as table_cache
from ticketz.cache import WRITES_PER_COUNT, TableCache

pytestmark = pytest.mark.django_db
AN_HOUR, OVER = 3600, -3600


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch) -> BaseCache:
    monkeypatch.setattr(table_cache, "_writes", count())
    return caches["default"]


def test_what_is_set_is_read_and_set_anew(cache: BaseCache) -> None:
    cache.set("a", [1.5, "é"], AN_HOUR)
    assert cache.get("a") == [1.5, "é"]
    cache.set("a", None, None)
    assert cache.get("a", "nothing") is None


def test_of_two_who_add_the_first_one_has_it_until_it_ends(cache: BaseCache) -> None:
    assert cache.add("lock", "first", AN_HOUR)
    assert not cache.add("lock", "second", AN_HOUR)
    assert cache.get("lock") == "first"
    cache.set("lock", "first", OVER)
    assert cache.add("lock", "second", AN_HOUR)
    assert cache.get("lock") == "second"


def test_to_touch_what_is_there_makes_it_last_and_what_is_not_there_stays_away(cache: BaseCache) -> None:
    cache.set("a", 1, AN_HOUR)
    assert cache.touch("a", None)
    assert not cache.touch("b", None)
    assert (cache.get("a"), cache.get("b")) == (1, None)
    cache.touch("a", OVER)
    assert cache.get("a") is None


def test_a_write_that_fails_is_no_error_and_spoils_no_transaction() -> None:
    nowhere = TableCache("no_such_table", {})
    with transaction.atomic():
        assert not nowhere.add("a", 1)
        assert make_company().pk


def test_a_write_is_one_statement_and_seldom_counts_the_table(cache: BaseCache) -> None:
    with CaptureQueriesContext(connection) as queries:
        for number in range(WRITES_PER_COUNT):
            cache.set(f"key-{number}", number, AN_HOUR)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == WRITES_PER_COUNT + 1
    assert sum("COUNT(*)" in sql for sql in statements) == 1


def test_a_full_table_forgets_what_has_ended_first(cache: BaseCache) -> None:
    small = TableCache("ticketz_cache", {"OPTIONS": {"MAX_ENTRIES": WRITES_PER_COUNT}})
    small.set("good", 1, AN_HOUR)
    for number in range(2 * WRITES_PER_COUNT):
        small.set(f"ended-{number}", 1, OVER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM ticketz_cache")
        assert cursor.fetchone()[0] <= 2 * WRITES_PER_COUNT
    assert small.get("good") == 1


def test_a_sign_in_asks_the_database_no_more_than_it_needs_to() -> None:
    make_person(company=make_company())
    browser = Client()
    with CaptureQueriesContext(connection) as queries:
        type_password(browser, "ana@example.com", PASSWORD)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 32
