"""`manage.py company_act ID ACT`: what an operator does with one company. Exit status 0: done, 1: refused."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from companies.acts import ACTS, Act, perform_by_command
from companies.errors import CompanyError
from companies.management.rows import access_row
from companies.models import Company


class Command(BaseCommand):
    help = "Keeps a company open until a day, locks it, or lets billing decide again, with a reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int, metavar="COMPANY_ID")
        parser.add_argument("act", choices=list(ACTS), metavar="ACT", help=f"one of {', '.join(ACTS)}")
        parser.add_argument("--until", metavar="DAY", help="the last day that it is kept open, such as 2026-12-31")
        parser.add_argument("--email", metavar="ADDRESS", help="with owner: who is invited to be it")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="why; the company's story tells it")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        company = Company.objects.select_related("source").filter(pk=options["id"]).first()
        if company is None:
            raise CommandError(f"There is no company {options['id']}.")
        said = _perform(company, ACTS[options["act"]], options)
        company.refresh_from_db()
        row = access_row(company, timezone.now()) | ({"said": said} if said else {})
        if options["json"]:
            self.stdout.write(json.dumps(row, ensure_ascii=False, default=str))
        else:
            self.stdout.write(said or f"{row['name']}: {row['state']} ({row['reason']})")


def _perform(company: Company, act: Act, options: dict[str, Any]) -> str | None:
    """Validate the options with the form of the act, and perform it. Raises CommandError."""
    if options["until"] and "until" not in act.form.base_fields:
        raise CommandError("--until goes with hold only.")
    if options["email"] and "email" not in act.form.base_fields:
        raise CommandError("--email goes with owner only.")
    if not act.is_possible(company):
        raise CommandError(f"“{options['act']}” makes no sense for {company}: it is so already.")
    form = act.form({name: options[name] for name in ("until", "email", "reason")})
    if not form.is_valid():
        raise CommandError(" ".join(f"--{name}: {' '.join(map(str, found))}" for name, found in form.errors.items()))
    try:
        return perform_by_command(act, company, form.cleaned_data)
    except CompanyError as error:
        raise CommandError(str(error)) from error
