"""Copies of the test database as it stands, one for each try: a file for SQLite, a database for PostgreSQL."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.backends.utils import CursorWrapper

ON_SQLITE = connection.vendor == "sqlite"
CONSTANT = {"django_migrations", "django_content_type", "auth_permission"}


@dataclass(frozen=True, slots=True)
class Template:
    """A database that is only copied. `restore` is SQL that makes a used copy fresh again (PostgreSQL)."""

    name: str
    restore: str = ""

    def copy(self, suffix: object) -> str:
        """A fresh copy; returns its name. A copy with the same suffix is used again."""
        name = f"{self.name}_{suffix}"
        if not ON_SQLITE and name in _named(name):
            with _connected_to(name) as cursor:
                cursor.execute(self.restore)
        else:
            _drop(name)
            _copy(self.name, name)
        return name


@contextmanager
def frozen() -> Iterator[Template]:
    """Everything in the test database now, as a template; gone with all its copies when the block ends."""
    original = str(connection.settings_dict["NAME"])
    name = original.removesuffix(".sqlite3") + "_frozen"
    _drop(name)
    _copy(original, name)
    try:
        yield Template(name, "" if ON_SQLITE else _keep_rows(name))
    finally:
        for left in _named(name):
            _drop(left)


def use(name: str) -> None:
    """Let this process (a child that ends soon) work in the database `name` from now on."""
    connection.close()
    connection.settings_dict["NAME"] = name
    if not ON_SQLITE:
        # A process that is killed loses nothing that a database which lives on has taken.
        connection.settings_dict["OPTIONS"] = {"options": "-c synchronous_commit=off"}


def _copy(source: str, target: str) -> None:
    connection.close()
    if not ON_SQLITE:
        _administer(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    elif Path(f"{source}-wal").exists():
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    else:
        shutil.copyfile(source, target)


def _keep_rows(name: str) -> str:
    """Keep every row a second time in the database itself: to put rows back is faster than to copy a database."""
    with _connected_to(name) as cursor:
        tables = set(connection.introspection.table_names(cursor)) - CONSTANT
        cursor.execute("CREATE SCHEMA frozen")
        for table in tables:
            cursor.execute(f'CREATE TABLE frozen."{table}" AS TABLE public."{table}"')
    # One transaction; the constraints between the tables are looked at when it ends.
    parts = [f'DELETE FROM public."{t}"; INSERT INTO public."{t}" SELECT * FROM frozen."{t}"' for t in sorted(tables)]  # noqa: S608
    return "; ".join(parts)


@contextmanager
def _connected_to(name: str) -> Iterator[CursorWrapper]:
    before = dict(connection.settings_dict)
    use(name)
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
        connection.settings_dict.update(before)


def _drop(name: str) -> None:
    if not ON_SQLITE:
        _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        return
    for part in ("", "-wal", "-shm"):
        Path(name + part).unlink(missing_ok=True)


def _named(prefix: str) -> list[str]:
    if ON_SQLITE:
        path = Path(prefix)
        return [str(found) for found in path.parent.glob(f"{path.name}*") if not found.name.endswith(("-wal", "-shm"))]
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        return [str(row[0]) for row in cursor.fetchall()]


def _administer(sql: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql)
