"""`manage.py access_report`: who may work today, and why."""

import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import BigIntegerField
from django.utils import timezone

from companies.database.parts import in_parts
from companies.management.rows import access_row
from companies.models import Company
from companies.wording.why import explain

MARKS = {"decides": "=>", "passed": "  ", "skipped": " -"}


class Command(BaseCommand):
    help = "For each company: its state (open, grace, blocked), the reason and since when."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", type=int, metavar="COMPANY_ID", help="companies (default: all)")
        parser.add_argument("--explain", action="store_true", help="with each rule and what would change the verdict")
        parser.add_argument("--json", action="store_true", help="print one JSON array")

    def handle(self, *args: Any, **options: Any) -> None:
        companies = Company.objects.select_related("source")
        if options["ids"]:
            # Larger numbers are no company's id, and SQLite would reject them.
            companies = companies.filter(pk__in=[pk for pk in options["ids"] if abs(pk) <= BigIntegerField.MAX_BIGINT])
        now = timezone.now()
        told = _explained if options["explain"] else access_row
        rows = [told(company, now) for part in in_parts(companies) for company in part]
        if missing := set(options["ids"]) - {row["id"] for row in rows}:
            self.stderr.write(f"There is no company {', '.join(map(str, sorted(missing)))}.")
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, default=str))
        else:
            self._write(rows)
        if missing:
            sys.exit(1)

    def _write(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            since = f" since {row['since']}" if row["since"] else ""
            self.stdout.write(f"{row['id']}\t{row['name']}\t{row['state']}\t{row['reason']}{since}")
            for step in row.get("steps", []):
                self.stdout.write(f"  {MARKS[step['verdict']]} {step['question']} {step['answer']}")
            for turn in row.get("changes", []):
                self.stdout.write(f"  -> {turn}")


def _explained(company: Company, now: datetime) -> dict[str, Any]:
    explanation = explain(company, now=now)
    steps = [
        {"rule": step.rule.value, "verdict": step.mark, "question": step.question, "answer": step.answer}
        for step in explanation.steps
    ]
    return access_row(company, now) | {"read": explanation.read, "steps": steps, "changes": explanation.turns}
