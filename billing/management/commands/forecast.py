"""`manage.py forecast`: who loses access if nothing changes. Exit status 0."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from billing.dashboard.export import csv_lines
from companies.standings.groups import load_groups
from companies.standings.upcoming import HORIZONS, Line, batches, load_all


class Command(BaseCommand):
    help = "The companies that lose access if nobody pays and WHMCS goes on to be read and says the same."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, choices=HORIZONS, default=max(HORIZONS), help="how far to look ahead")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print one JSON array")
        form.add_argument("--csv", action="store_true", help="print CSV (RFC 4180, UTF-8 without a byte order mark)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        rows = load_all(batches(load_groups(now), now=now, days=options["days"]), now=now)
        if options["json"]:
            self.stdout.write(json.dumps([_as_dict(row) for row in rows], ensure_ascii=False, default=str))
        elif options["csv"]:
            for line in csv_lines(rows):
                self.stdout.write(line, ending="")
        else:
            for row in rows:
                self.stdout.write(f"{row.loss.day}\t{row.number}\t{row.name}\t{row.plan}\t{row.loss.reason.value}")


def _as_dict(row: Line) -> dict[str, Any]:
    return {
        "id": row.number,
        "name": row.name,
        "plan": row.plan,
        "state": row.state.value,
        "loses_access_on": row.loss.day,
        "reason": row.loss.reason.value,
        "gateway": row.source or None,
    }
