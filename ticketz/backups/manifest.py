"""The manifest of a backup, which is checked before anything is restored."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol, Self

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from ticketz.backups.errors import BackupError, Unreadable

FORMAT = 1
# Sessions in a backup may have been ended since, and rate limits are outdated.
LEFT_OUT = ("django_session", "ticketz_cache")
_LENGTH = 4
_LONGEST = 1 << 20


class Writer(Protocol):
    """A file-like object to write to."""

    def write(self, data: bytes, /) -> int: ...


class Reader(Protocol):
    """A file-like object to read from."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Manifest:
    """`made_at` is ISO in UTC; `migrations` are "app.name"; `rows` counts the rows of each table."""

    version: str
    made_at: str
    vendor: str
    migrations: tuple[str, ...]
    rows: Mapping[str, int]
    format: int = FORMAT

    @classmethod
    def of_now(cls, rows: Mapping[str, int]) -> Self:
        """The manifest for a backup of the default database now."""
        applied = tuple(sorted(f"{app}.{name}" for app, name in MigrationLoader(connection).applied_migrations))
        return cls(settings.VERSION, timezone.now().isoformat(), connection.vendor, applied, dict(sorted(rows.items())))

    @classmethod
    def read(cls, file: Reader) -> Self:
        """Read what `write` wrote. Leaves `file` at the beginning of the dump."""
        length = int.from_bytes(file.read(_LENGTH), "big")
        try:
            found: dict[str, Any] = json.loads(file.read(min(length, _LONGEST)))
            if found["format"] != FORMAT:
                raise Unreadable("This backup was made by a later version of Ticketz. Install that one.")
            return cls(**found | {"migrations": tuple(found["migrations"])})
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable("This file holds no backup of Ticketz.") from error

    def write(self, file: Writer) -> None:
        """Write the manifest, before the dump."""
        text = json.dumps(asdict(self)).encode()
        file.write(len(text).to_bytes(_LENGTH, "big") + text)

    @property
    def age(self) -> float:
        """The seconds since it was made."""
        return (timezone.now() - datetime.fromisoformat(self.made_at)).total_seconds()

    def ensure_fits(self) -> None:
        """Raise BackupError if this database, or this version of Ticketz, can't restore it."""
        if self.vendor != connection.vendor:
            raise BackupError(
                f"The backup was made of a database of {self.vendor}, and this one is of {connection.vendor}."
            )
        known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
        if later := sorted(set(self.migrations) - known):
            raise BackupError(
                f"The backup was made by Ticketz {self.version}, which knows more than this one ({settings.VERSION}): "
                f"{', '.join(later[:3])}. Install that version first."
            )

    def ensure_same_rows(self, rows: Mapping[str, int]) -> None:
        """Raise BackupError if a table has the wrong number of rows."""
        for table, number in self.rows.items():
            if rows.get(table) != number:
                raise BackupError(f"The table {table} should have {number} rows and has {rows.get(table, 'none')}.")


def count_rows(cursor: Any) -> dict[str, int]:
    """The number of rows of each table, as seen by this cursor."""
    counts = {}
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608 - names of tables
        counts[table] = int(cursor.fetchone()[0])
    return counts
