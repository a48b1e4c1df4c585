"""The database that a test leaves to the next."""

import pytest
from django.db import connection

from tests.rows import keep_rows


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL takes back with a transaction what ANALYZE says")
def test_what_a_test_had_counted_does_not_answer_the_questions_of_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    keep_rows().put_back()
    assert "sqlite_stat1" not in connection.introspection.table_names()
