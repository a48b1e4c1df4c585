"""The database can be read and not written: a full disk, a file that is read-only, a replica after a fail-over."""

import time

from django.core.cache import cache
from django.db import DatabaseError

# What SQLite says, which has no codes that Django lets through.
_WORDS = ("readonly database", "disk is full", "disk I/O error")
# PostgreSQL: a transaction that is read-only, a disk that is full.
_CODES = frozenset({"25006", "53100"})
_PROOF = "when-something-was-written"


def unwritable_cause(error: BaseException | None) -> DatabaseError | None:
    """The error of the database that this one goes back to, where it says that nothing can be written."""
    while error is not None:
        if isinstance(error, DatabaseError) and _says_so(error):
            return error
        error = error.__cause__ or error.__context__
    return None


def can_write() -> bool:
    """Try it. The table of the cache is written here, which tells of a failure only by what it holds afterwards."""
    begun = time.time()
    cache.set(_PROOF, begun, timeout=60)
    return bool(cache.get(_PROOF, 0) >= begun)


def _says_so(error: DatabaseError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in _CODES or any(words in str(error) for words in _WORDS)
