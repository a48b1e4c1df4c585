"""`manage.py restore FILE`: a backup in the place of the database, and every gateway at rest until somebody says go."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from ticketz.backups import files
from ticketz.backups.errors import BackupError
from ticketz.backups.manifest import Manifest


class Command(BaseCommand):
    help = (
        "Put a backup into an empty database, bring it to this version, and pause every gateway (as after_restore "
        "does). Stop web, worker and clock first. Exit status: 0 done, 1 nothing was changed."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--check", action="store_true", help="read all of it and write nothing")
        parser.add_argument(
            "--into-existing", action="store_true", help="replace everything that is in the database now"
        )
        parser.add_argument("--json", action="store_true", help="with --check: print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            if options["check"]:
                manifest = files.check(options["file"])
            else:
                manifest = files.put_back(options["file"], into_existing=options["into_existing"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        if options["check"]:
            self._tell_checked(manifest, as_json=options["json"])
            return
        self.stdout.write(f"{_described(manifest)} is back after {time.monotonic() - begun:.1f} seconds.")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("after_restore", stdout=self.stdout)

    def _tell_checked(self, manifest: Manifest, *, as_json: bool) -> None:
        if as_json:
            facts = {"made_at": manifest.made_at, "version": manifest.version, "vendor": manifest.vendor}
            self.stdout.write(json.dumps({**facts, "rows": dict(manifest.rows)}))
        else:
            self.stdout.write(f"{_described(manifest)} can be restored here.")


def _described(manifest: Manifest) -> str:
    rows, hours = sum(manifest.rows.values()), manifest.age / 3600
    return f"The backup of {manifest.made_at} ({hours:.1f} hours old, Ticketz {manifest.version}, {rows} rows)"
