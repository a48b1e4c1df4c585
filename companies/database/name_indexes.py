"""The indexes by which PostgreSQL finds a part of a name among many.

No migration makes them, but the end of each: they need an extension that not every database user may add. Where that is
refused everything works, only slower, and the next `migrate` tries again. SQLite reads all names, which at the size
that it is for is no wait.
"""

import logging
from contextlib import nullcontext
from typing import Any

from django.db import DatabaseError, connections, models, transaction

from companies.database.online import waiting_for_others
from companies.models import Company, User

EXTENSION = "pg_trgm"
# The columns in the form in which Django asks for `icontains`.
INDEXES: dict[str, type[models.Model]] = {"company_name_inside": Company, "user_name_inside": User}
logger = logging.getLogger(__name__)


def after_migrate(using: str, **_more: Any) -> None:
    """Make what is missing. Says what to do where that is not allowed."""
    if connections[using].vendor != "postgresql":
        return
    try:
        # A refusal within somebody else's transaction must not spoil it.
        with transaction.atomic(using) if connections[using].in_atomic_block else nullcontext():
            ensure_name_indexes(using)
    except DatabaseError as error:
        logger.warning(
            "A search for a part of a name reads all names, because the database has no extension %s (%s). "
            "Have its administrator run CREATE EXTENSION %s, then run migrate again.",
            EXTENSION, type(error.__cause__).__name__, EXTENSION,
        )  # fmt: skip


def ensure_name_indexes(using: str) -> None:
    """Raises DatabaseError where the extension can't be added. Nobody who writes names waits for it."""
    connection = connections[using]
    is_beside = not connection.in_atomic_block
    concurrently = "CONCURRENTLY" if is_beside else ""
    with waiting_for_others(connection) if is_beside else nullcontext(), connection.cursor() as cursor:
        cursor.execute("SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid")
        known = dict(cursor.fetchall())
        if all(known.get(name) for name in INDEXES):
            return
        cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
        for name, model in INDEXES.items():
            if known.get(name) is False:  # left behind by one that was cut short
                cursor.execute(f"DROP INDEX {name}")
            table = connection.ops.quote_name(model._meta.db_table)
            column = "gin (upper(name::text) gin_trgm_ops)"
            cursor.execute(f"CREATE INDEX {concurrently} IF NOT EXISTS {name} ON {table} USING {column}")
