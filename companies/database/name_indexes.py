"""Trigram indexes with which PostgreSQL finds a part of a name.

They are created after `migrate` and not by a migration, because they need an extension that not every database user may
add. Without it searches still work, only slower, and the next `migrate` tries again. SQLite reads all names, which is
fast enough for its sizes.
"""

import logging
from contextlib import nullcontext
from typing import Any

from django.db import DatabaseError, connections, models, transaction

from companies.database.online import without_lock_timeout
from companies.models import Company, User

EXTENSION = "pg_trgm"
# The indexes match the expression that Django uses for `icontains`: UPPER(name::text).
INDEXES: dict[str, type[models.Model]] = {"company_name_inside": Company, "user_name_inside": User}
logger = logging.getLogger(__name__)


def after_migrate(using: str, **_more: Any) -> None:
    """Create missing indexes. If that is not allowed, log what to do."""
    if connections[using].vendor != "postgresql":
        return
    try:
        # Within a transaction, a savepoint keeps a refusal from aborting it.
        with transaction.atomic(using) if connections[using].in_atomic_block else nullcontext():
            ensure_name_indexes(using)
    except DatabaseError as error:
        logger.warning(
            "A search for a part of a name reads all names, because the database has no extension %s (%s). "
            "Have its administrator run CREATE EXTENSION %s, then run migrate again.",
            EXTENSION, type(error.__cause__).__name__, EXTENSION,
        )  # fmt: skip


def ensure_name_indexes(using: str) -> None:
    """Create the extension and the indexes, without blocking writers. Raises DatabaseError if that is not allowed."""
    connection = connections[using]
    is_online = not connection.in_atomic_block
    concurrently = "CONCURRENTLY" if is_online else ""
    with without_lock_timeout(connection) if is_online else nullcontext(), connection.cursor() as cursor:
        cursor.execute("SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid")
        known = dict(cursor.fetchall())
        if all(known.get(name) for name in INDEXES):
            return
        cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
        for name, model in INDEXES.items():
            if known.get(name) is False:  # an invalid index, left behind by an interrupted build
                cursor.execute(f"DROP INDEX {name}")
            table = connection.ops.quote_name(model._meta.db_table)
            column = "gin (upper(name::text) gin_trgm_ops)"
            cursor.execute(f"CREATE INDEX {concurrently} IF NOT EXISTS {name} ON {table} USING {column}")
