"""The test database as it stands, again and again: in a copy of its file, or in databases that are refilled."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import OperationalError, connection, transaction

from billing.models import WhmcsGateway

ON_SQLITE = connection.vendor == "sqlite"
# Processes are killed here, the server is not: what it has taken, it keeps without waiting for the disk.
WORK_OPTIONS = {"options": "-c synchronous_commit=off"}
CONSTANT = {"django_migrations"}


@dataclass(frozen=True, slots=True)
class Template:
    """What stood in the database `original` when it was frozen: a file, or the rows of each table."""

    original: str
    file: str = ""
    rows: dict[str, bytes] = field(default_factory=dict, repr=False)
    numbers: dict[str, int] = field(default_factory=dict, repr=False)

    def enter(self, copy: object) -> None:
        """Let this process (a child that ends soon) work in the named copy, made fresh."""
        self.use(copy)
        if ON_SQLITE:
            _remove(self._name(copy))
            shutil.copyfile(self.file, self._name(copy))
        else:
            try:
                connection.ensure_connection()
            except OperationalError:
                _administer(f'CREATE DATABASE "{self._name(copy)}" TEMPLATE "{self.original}"')
            self._fill()
        _make_another_installation()

    def restore(self) -> None:
        """Put everything back in place, as an operator does with a backup."""
        connection.close()
        if ON_SQLITE:
            _remove(self.original)
            shutil.copyfile(self.file, self.original)
        else:
            self._fill()

    def use(self, copy: object) -> None:
        """Let this process work in the named copy as it is."""
        connection.close()
        connection.settings_dict["NAME"] = self._name(copy)
        if not ON_SQLITE:
            connection.settings_dict["OPTIONS"] = WORK_OPTIONS

    def _fill(self) -> None:
        """In one transaction: the constraints between the tables are looked at when it ends."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("; ".join(f'DELETE FROM "{table}"' for table in self.rows))  # noqa: S608
            driver: Any = cursor
            for table, content in self.rows.items():
                if content:
                    with driver.copy(f'COPY "{table}" FROM STDIN') as copy:
                        copy.write(content)
            cursor.executemany("SELECT setval(%s, %s)", list(self.numbers.items()))

    def _name(self, copy: object) -> str:
        return f"{self.original}_copy_{copy}"


@contextmanager
def frozen() -> Iterator[Template]:
    """Everything in the test database now, as a template."""
    name = str(connection.settings_dict["NAME"])
    if not ON_SQLITE:
        yield Template(name, rows=_load_rows(), numbers=_load_numbers())
        return
    connection.close()
    file = f"{name}_frozen"
    _remove(file)
    with closing(sqlite3.connect(name)) as old, closing(sqlite3.connect(file)) as new:
        old.backup(new)
    yield Template(name, file)


def drop_copies() -> None:
    """Remove what earlier tries made."""
    prefix = f"{connection.settings_dict['NAME']}_copy_"
    if ON_SQLITE:
        for path in Path(prefix).parent.glob(f"{Path(prefix).name}*"):
            path.unlink()
        return
    with _server() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        names = [row[0] for row in cursor.fetchall()]
    for name in names:
        _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _make_another_installation() -> None:
    """A copy lives beside the original: it is no backup that somebody restored."""
    for pk in WhmcsGateway.objects.values_list("pk", flat=True):
        WhmcsGateway.objects.filter(pk=pk).update(uid=uuid4())


def _load_rows() -> dict[str, bytes]:
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - CONSTANT)
        return {table: _read(cursor, table) for table in tables}


def _load_numbers() -> dict[str, int]:
    """How far each table has counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        return dict(cursor.fetchall())


def _read(cursor: Any, table: str) -> bytes:
    with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(copy)


def _remove(name: str) -> None:
    for part in ("", "-wal", "-shm"):
        Path(name + part).unlink(missing_ok=True)


def _administer(sql: str) -> None:
    with _server() as cursor:
        cursor.execute(sql)


def _server() -> Any:
    """A cursor that is connected to no database of ours, to make and drop those."""
    return connection._nodb_cursor()
