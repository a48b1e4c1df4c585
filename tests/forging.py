"""What the walks with forged requests share: what stands in the database, and requests that did not happen."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# What every visit may write: sessions, throttles, and the log that tells of refusals.
NOT_COUNTED = {"django_session", "usersessions_usersession", "ticketz_cache", "companies_auditentry"}


def checksum() -> str:
    """Of every row of every table that matters."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - NOT_COUNTED):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name of ours
            rows = sorted(map(repr, cursor.fetchall()))
            digest.update(f"{table} {rows}".encode())
    return digest.hexdigest()


@contextmanager
def undone() -> Iterator[None]:
    """What happens within did not happen."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def quiet_refusals() -> Iterator[None]:
    """Thousands of refusals are what is asked for here: nobody needs to read about each."""
    logger = logging.getLogger("django.request")
    logger.disabled = True
    yield
    logger.disabled = False
