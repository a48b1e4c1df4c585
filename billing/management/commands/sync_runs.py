"""`manage.py sync_runs`: what the latest runs did, or all that one of them did.

Exit status 0, or 2 where there is no such gateway or run.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.management.gateways import load_gateways
from billing.management.printing import figures_of, line_of
from billing.models import SyncRun
from billing.runs.changes import as_record, changes_of
from billing.runs.progress import has_died, progress_of

COLUMNS = ("result", "code", "service_id", "company_id", "before", "after", "reason")


class Command(BaseCommand):
    help = "Lists the latest runs, newest first; with --run everything that one run did, refused and could not do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="gateways by name (default: all)")
        parser.add_argument("--limit", type=int, default=20, metavar="N", help="so many runs, or records of one run")
        parser.add_argument("--run", type=int, metavar="ID", help="one run, with its records")
        parser.add_argument("--json", action="store_true", help="print one JSON array, or one object for --run")

    def handle(self, *args: Any, **options: Any) -> None:
        limit = max(1, options["limit"])
        if options["run"] is not None:
            self._print_one(options["run"], limit, as_json=options["json"])
        else:
            self._print_many(options["names"], limit, as_json=options["json"])

    def _print_many(self, names: list[str], limit: int, *, as_json: bool) -> None:
        runs = SyncRun.objects.select_related("gateway")
        if names:
            runs = runs.filter(gateway__in=load_gateways(names))
        found = list(runs[:limit])
        if as_json:
            self.stdout.write(json.dumps([_row(run) for run in found], ensure_ascii=False, default=str))
            return
        for run in found:
            self.stdout.write(f"{run.pk}\t{run.started_at:%Y-%m-%d %H:%M:%S %Z}\t{line_of(_row(run))}")

    def _print_one(self, run_id: int, limit: int, *, as_json: bool) -> None:
        run = SyncRun.objects.select_related("gateway").filter(pk=run_id).first()
        if run is None:
            raise CommandError(f"There is no run {run_id}. Runs are kept for 90 days.", returncode=2)
        row = _row(run) | {"records": _records_of(run, limit)}
        if as_json:
            self.stdout.write(json.dumps(row, ensure_ascii=False, default=str))
            return
        self.stdout.write(line_of(row))
        for record in row["records"]:
            self.stdout.write(
                f"  {record['result']}: service {record['service_id']} ({record['code']}) {record['before']} -> "
                f"{record['after']} {record['reason']}"
            )


def _records_of(run: SyncRun, limit: int) -> list[dict[str, Any]]:
    """What it refused, failed at and created, and then what it changed."""
    records = list(run.records.all()[:limit])
    records += [as_record(event, run) for event in changes_of(run)[: limit - len(records)]]
    return [{name: getattr(record, name) for name in COLUMNS} for record in records]


def _row(run: SyncRun) -> dict[str, Any]:
    """A run as `sync_gateway` prints it, with when it was and how far it is."""
    now = timezone.now()
    row = figures_of(run) | {"id": run.pk, "started_at": run.started_at, "finished_at": run.finished_at}
    progress = progress_of(run, now)
    row |= {"trigger": run.trigger, "progress": progress.text}
    row |= {"percent": progress.share, "expected": run.expected, "seconds_left": progress.left}
    return row | ({"outcome": "died"} if has_died(run, now) else {})
