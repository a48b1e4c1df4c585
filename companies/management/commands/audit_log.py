"""`manage.py audit_log`: who did what, when and from where, oldest first."""

import json
from argparse import ArgumentParser
from datetime import date, datetime, time
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from companies.audit.log import AuditCode
from companies.database.parts import in_parts
from companies.management.arguments import day
from companies.models import AuditEntry


class Command(BaseCommand):
    help = "Prints the audit log, oldest first; times are UTC."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", metavar="YYYY-MM-DD", type=day, help="from this day on")
        parser.add_argument("--code", action="append", choices=AuditCode.values, help="only this; may be repeated")
        parser.add_argument("--json", action="store_true", help="print one JSON object per line")

    def handle(self, *args: Any, **options: Any) -> None:
        entries = AuditEntry.objects.all()
        if options["since"]:
            entries = entries.filter(at__gte=_beginning_of(options["since"]))
        if options["code"]:
            entries = entries.filter(code__in=options["code"])
        for entry in chain.from_iterable(in_parts(entries)):
            row = _row(entry)
            self.stdout.write(json.dumps(row, ensure_ascii=False) if options["json"] else _line(row))


def _beginning_of(first: date) -> datetime:
    return timezone.make_aware(datetime.combine(first, time.min))


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(timespec="seconds"),
        "code": entry.code,
        "by": entry.actor_label,
        "from": entry.address,
        "company": entry.company_id,
        "about": entry.about,
        "details": entry.details,
    }


def _line(row: dict[str, Any]) -> str:
    facts = ", ".join(f"{key}: {text}" for key, text in row["details"].items())
    cells = [row["at"], row["code"], row["by"], row["from"], row["about"], facts]
    return "\t".join(" ".join((cell or "-").split()) for cell in cells)  # a name may hold line breaks
