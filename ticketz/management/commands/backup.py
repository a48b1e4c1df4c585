"""`manage.py backup FILE`: everything in the database, encrypted, in one file."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from ticketz.backups import files, noted
from ticketz.backups.errors import BackupError
from ticketz.backups.manifest import Manifest


class Command(BaseCommand):
    help = (
        "Write the database, encrypted with the first of BACKUP_KEYS, to FILE while everything goes on. Sessions are "
        "left out. Exit status: 0 it is whole and on the disk, 1 there is no file."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path, begun = options["file"].absolute(), time.monotonic()
        try:
            manifest = files.make(path)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self._note(manifest)
        facts = {
            "file": str(path), "bytes": path.stat().st_size, "sha256": files.digest_of(path),
            "made_at": manifest.made_at, "version": manifest.version, "rows": sum(manifest.rows.values()),
            "seconds": round(time.monotonic() - begun, 1),
        }  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps(facts))
            return
        self.stdout.write(
            f"{facts['file']}: {facts['rows']} rows in {facts['bytes']} bytes, {facts['seconds']} seconds\n"
            f"sha256 {facts['sha256']}"
        )

    def _note(self, manifest: Manifest) -> None:
        """Where that fails (a replica, tables before `migrate`) the backup is as good; only monitoring misses it."""
        try:
            noted.note(manifest)
        except DatabaseError as error:
            self.stderr.write(f"The backup is whole, but it could not be noted for monitoring: {type(error).__name__}.")
