"""The rows of the test database: kept, emptied, put back."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

CONSTANT = {"django_migrations", "django_content_type", "auth_permission", "sqlite_stat1"}


@dataclass(frozen=True, slots=True)
class Rows:
    """What stands in each table that is not empty."""

    tables: dict[str, list[tuple[Any, ...]]]

    def put_back(self) -> None:
        """Let the database hold these rows and no others."""
        with transaction.atomic():
            empty_database()
            with connection.cursor() as cursor:
                for table, rows in self.tables.items():
                    marks = ", ".join(["%s"] * len(rows[0]))
                    cursor.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)  # noqa: S608
                if connection.vendor == "sqlite":
                    # What ANALYZE has committed: a later one that is rolled back would stay in the connection's memory,
                    # and tests of other tables would be answered by its plans.
                    cursor.execute("DROP TABLE IF EXISTS sqlite_stat1")


def keep_rows() -> Rows:
    tables = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            if rows := cursor.fetchall():
                tables[table] = rows
    return Rows(tables)


def empty_database() -> None:
    """Remove every row but Django's own. In one transaction: what depends on what is looked at when it ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608


def hurry() -> None:
    """Let the server of this test database not wait for the disk: nobody pulls its plug here."""
    if connection.vendor == "postgresql":
        name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
            cursor.execute("SET synchronous_commit = off")


def _tables() -> list[str]:
    return sorted(set(connection.introspection.table_names()) - CONSTANT)
