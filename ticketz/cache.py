"""Django's database cache with a single statement for each write.

Django's own counts the whole table before each write, then reads the row and writes it, in a transaction. A sign-in
writes ten times, because rate limits and their locks are here, and the table grows with every sign-in: a
rush would wait for the counting. Both databases support an upsert, and the size need not be checked each time.
"""

import base64
import pickle
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, connections, router, transaction
from django.utils import timezone

WRITES_PER_COUNT = 100
_STORE = """
INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s)
ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
"""
_ADD = _STORE + "WHERE {table}.expires < %s"
_TOUCH = "UPDATE {table} SET expires = %s WHERE cache_key = %s"
_writes = count()  # in this process; the table is counted at the first one and then at every WRITES_PER_COUNT-th


class TableCache(DatabaseCache):
    """Between two counts the table may grow beyond MAX_ENTRIES."""

    # Attributes of Django's class, which has no types for them.
    _table: str
    _cull: Callable[[str, Any, datetime, int], None]

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        """Write an entry; returns whether it was written. As in Django, a database error means no."""
        alias = router.db_for_write(self.cache_model_class)
        connection = connections[alias]
        now, until = timezone.now().replace(microsecond=0), _moment(self.get_backend_timeout(timeout))
        before, after = (connection.ops.adapt_datetimefield_value(moment) for moment in (now, until))
        statement, values = _statement(mode, key, value, self.pickle_protocol, before, after)
        with connection.cursor() as cursor:
            if next(_writes) % WRITES_PER_COUNT == 0:
                self._make_room(alias, cursor, now)
            try:
                # A savepoint, because a failed statement would abort the caller's transaction.
                with transaction.atomic(using=alias) if connection.in_atomic_block else nullcontext():
                    cursor.execute(statement.format(table=connection.ops.quote_name(self._table)), values)
                    return bool(cursor.rowcount > 0)
            except DatabaseError:
                return False

    def _make_room(self, alias: str, cursor: Any, now: datetime) -> None:
        cursor.execute(f"SELECT COUNT(*) FROM {connections[alias].ops.quote_name(self._table)}")  # noqa: S608 - quoted
        entries = cursor.fetchone()[0]
        if entries > self._max_entries:
            self._cull(alias, cursor, now, entries)


def _moment(timestamp: float | None) -> datetime:
    """When an entry ends, to the second."""
    until = datetime.max if timestamp is None else datetime.fromtimestamp(timestamp, tz=UTC)
    return until.replace(microsecond=0)


def _statement(mode: str, key: str, value: Any, protocol: int, now: Any, until: Any) -> tuple[str, list[Any]]:
    if mode == "touch":
        return _TOUCH, [until, key]
    stored = [key, base64.b64encode(pickle.dumps(value, protocol)).decode("ascii"), until]
    return (_ADD, [*stored, now]) if mode == "add" else (_STORE, stored)
