"""Makes and restores backup files. Everything is checked before anything is written."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.db import connection

from ticketz.backups import postgres, sqlite
from ticketz.backups.encryption import SealingWriter, UnsealingReader
from ticketz.backups.errors import BackupError, Unreadable
from ticketz.backups.manifest import Manifest, Reader, Writer

HOW_TO_MAKE_A_KEY = "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
# The database is in use if one of these has rows.
_IN_USE = ("companies_user", "companies_company", "billing_whmcsgateway")


class Driver(Protocol):
    """The interface of the modules for each kind of database. Temporary files go next to `near`, the backup."""

    def dump(self, into: Writer, near: Path) -> Manifest: ...

    def check(self, manifest: Manifest, dumped: Reader, near: Path) -> None: ...

    def restore(self, manifest: Manifest, dumped: Reader, near: Path) -> None: ...


def make(path: Path) -> Manifest:
    """Write a backup to a new file, which gets its name only when it is complete."""
    if not settings.BACKUP_KEYS:
        raise BackupError(f"BACKUP_KEYS is not set, and a backup is always encrypted. Make a key: {HOW_TO_MAKE_A_KEY}")
    if path.exists():
        raise BackupError(f"{path} exists already. Choose another name.")
    try:
        with _becoming(path) as file:
            writer = SealingWriter(file, settings.BACKUP_KEYS[0])
            manifest = _driver().dump(writer, path)
            writer.finish()
    except OSError as error:
        raise BackupError(f"{path} can't be written: {error.strerror}.") from error
    return manifest


def check(path: Path) -> Manifest:
    """Read a whole backup, and check whether it could be restored here. Writes nothing."""
    manifest = read_manifest(path)
    manifest.ensure_fits()
    with _dumped(path) as (_, reader):
        _driver().check(manifest, reader, path)
    return manifest


def put_back(path: Path, *, into_existing: bool) -> Manifest:
    """Replace the database with a backup. Raises BackupError, without having written anything, if it can't."""
    manifest = check(path)
    if not into_existing and (table := _used_table()):
        raise BackupError(
            f"The database is in use: {table} has rows. Name an empty one, or add --into-existing to replace all of it."
        )
    with _dumped(path) as (_, reader):
        _driver().restore(manifest, reader, path)
    return manifest


def read_manifest(path: Path) -> Manifest:
    """The manifest of a backup. Raises Unreadable if it can't be decrypted."""
    with _dumped(path) as (manifest, _):
        return manifest


def digest_of(path: Path) -> str:
    """The SHA-256 of the file, to compare copies."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _driver() -> Driver:
    drivers: dict[str, Driver] = {"sqlite": sqlite, "postgresql": postgres}
    return drivers[connection.vendor]


@contextmanager
def _dumped(path: Path) -> Iterator[tuple[Manifest, UnsealingReader]]:
    keys: Sequence[str] = settings.BACKUP_KEYS
    if not keys:
        raise BackupError("BACKUP_KEYS is not set. It has to hold the key with which the backup was made.")
    try:
        file = path.open("rb")
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.") from error
    with file:
        reader = UnsealingReader(file, keys)
        yield Manifest.read(reader), reader


@contextmanager
def _becoming(path: Path) -> Iterator[BinaryIO]:
    """A private file that gets its name when it is flushed to disk, and is removed after an error."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BackupError(
            f"{unfinished} is there: another backup is being made, or was broken off. Remove it."
        ) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)  # fails if the file exists, instead of overwriting it
    finally:
        unfinished.unlink(missing_ok=True)


def _used_table() -> str | None:
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for table in _IN_USE:
            if table in there:
                cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')  # noqa: S608 - our own names
                if cursor.fetchone():
                    return table
    return None
