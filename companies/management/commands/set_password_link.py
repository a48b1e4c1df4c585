"""`manage.py set_password_link EMAIL`: a link to choose a password with. Exit status 0: made, 1: refused."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from companies.audit.log import AuditCode, record_command
from companies.authentication.links import SET_PASSWORD_DAYS, set_password_url
from companies.management.people import load_person


class Command(BaseCommand):
    help = "Makes the one-time link that the person's page makes, to hand to its person and to nobody else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        person = load_person(options["email"])
        if not person.is_active:
            raise CommandError(f"{person.email} is switched off.")
        record_command(AuditCode.SET_PASSWORD_LINK_MADE, about=person.email, details={"command": "set_password_link"})
        link = set_password_url(person)
        if options["json"]:
            self.stdout.write(json.dumps({"email": person.email, "link": link, "days": SET_PASSWORD_DAYS}))
        else:
            self.stdout.write(f"{link}\nGood once, for {SET_PASSWORD_DAYS} days.")
