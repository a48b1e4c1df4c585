"""`manage.py forecast`: who loses access if nothing changes. Exit status 0."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from billing.cockpit.export import csv_lines
from companies.standings import load_standings
from companies.upcoming import HORIZONS, Upcoming, batches, load_all


class Command(BaseCommand):
    help = "The companies that lose access if nobody pays and WHMCS goes on to be read and says the same."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, choices=HORIZONS, default=max(HORIZONS), help="how far to look ahead")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print one JSON array")
        form.add_argument("--csv", action="store_true", help="print CSV (RFC 4180, UTF-8 without a byte order mark)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        rows = load_all(batches(load_standings(now), now=now, days=options["days"]), now=now)
        if options["json"]:
            self.stdout.write(json.dumps([_as_dict(row) for row in rows], ensure_ascii=False, default=str))
        elif options["csv"]:
            for line in csv_lines(rows):
                self.stdout.write(line, ending="")
        else:
            for row in rows:
                company, _, loss = row
                self.stdout.write(f"{loss.day}\t{company.pk}\t{company.name}\t{company.plan}\t{loss.reason.value}")


def _as_dict(row: Upcoming) -> dict[str, Any]:
    company, access, loss = row
    return {
        "id": company.pk,
        "name": company.name,
        "plan": company.plan.name,
        "state": access.state.value,
        "loses_access_on": loss.day,
        "reason": loss.reason.value,
        "gateway": company.source.name if company.source else None,
    }
