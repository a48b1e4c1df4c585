"""SQLite backups with its online backup API, which is consistent during writes, unlike a copy of the file."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection

from ticketz.backups.errors import BackupError
from ticketz.backups.manifest import LEFT_OUT, Manifest, Reader, Writer


def dump(into: Writer, near: Path) -> Manifest:
    """Write manifest and copy. The copy is for a moment in a private folder next to `near`."""
    with TemporaryDirectory(dir=near.parent, prefix=".backup-") as folder:
        copy = Path(folder) / "copy.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        manifest = Manifest.of_now(_clean(copy))
        manifest.write(into)
        with copy.open("rb") as file:
            shutil.copyfileobj(file, into, 1 << 20)
    return manifest


def check(manifest: Manifest, dumped: Reader, near: Path) -> None:
    """Raise BackupError if the copy is damaged."""
    with _unpacked(manifest, dumped, near):
        pass


def restore(manifest: Manifest, dumped: Reader, near: Path) -> None:
    """Replace the database with the copy, page by page, in one transaction."""
    target = str(connection.settings_dict["NAME"])
    connection.close()
    with _unpacked(manifest, dumped, near) as source, closing(sqlite3.connect(target, timeout=20)) as database:
        source.backup(database)


@contextmanager
def _unpacked(manifest: Manifest, dumped: Reader, near: Path) -> Iterator[sqlite3.Connection]:
    with TemporaryDirectory(dir=near.parent, prefix=".restore-") as folder:
        copy = Path(folder) / "copy.sqlite3"
        with copy.open("wb") as file:
            shutil.copyfileobj(dumped, file, 1 << 20)
        with closing(sqlite3.connect(copy)) as source:
            try:
                (answer,) = source.execute("PRAGMA integrity_check").fetchone()
            except sqlite3.DatabaseError as error:
                raise BackupError("What is in the backup is no database.") from error
            if answer != "ok":
                raise BackupError(f"The database in the backup is damaged: {answer}")
            manifest.ensure_same_rows(_count(source))
            yield source


def _clean(copy: Path) -> dict[str, int]:
    """Empty the tables with short-lived data; returns the number of rows of each table."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as database:
        there = set(_tables(database))
        for table in LEFT_OUT:
            if table in there:
                database.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our own names
        database.execute("VACUUM")
        return _count(database)


def _count(database: sqlite3.Connection) -> dict[str, int]:
    return {
        table: int(database.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0])  # noqa: S608 - names of tables
        for table in _tables(database)
    }


def _tables(database: sqlite3.Connection) -> list[str]:
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [name for (name,) in rows]
