"""Days out of SQLite, each made of its text once."""

import sqlite3
from datetime import date
from functools import lru_cache

from django.utils.dateparse import parse_date

# Services of one gateway share a few hundred due dates.
_REMEMBERED = 4096


def remember_days_of_sqlite() -> None:
    """Have the driver keep the days that it has read: to parse them was a seventh of the CPU time of a usual run.

    Django's backend registers a converter of its own when it is loaded, so call it after that.
    """
    from django.db.backends.sqlite3 import base  # noqa: F401 - it registers its own

    sqlite3.register_converter("date", lru_cache(_REMEMBERED)(_as_day))


def _as_day(text: bytes) -> date | None:
    return parse_date(text.decode())
