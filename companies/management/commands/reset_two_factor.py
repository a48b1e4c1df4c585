"""`manage.py reset_two_factor EMAIL --reason TEXT`: for people who lost phone, passkey and recovery codes."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from companies.audit.log import record_command
from companies.management.arguments import reason
from companies.models import User
from companies.second_factor.removal import remove_all_factors


class Command(BaseCommand):
    help = (
        "Remove a person's authenticator app, passkeys and recovery codes. They sign in with the password alone again, "
        "or add a new factor where operators need one. Exit status: 0 they have none now, 1 nobody has this address."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="the address that the person signs in with")
        parser.add_argument("--reason", required=True, type=reason, metavar="TEXT", help="why; the audit log keeps it")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["email"])
        except User.DoesNotExist:
            self._print({"email": options["email"], "removed": None}, "Nobody here has this address.", options)
            sys.exit(1)
        details = {"reason": options["reason"], "command": "reset_two_factor"}
        removed = remove_all_factors(user, record_command, details)
        sentence = f"{removed} removed; {user.email} has no second factor." if removed else "There was none."
        self._print({"email": user.email, "removed": removed}, sentence, options)

    def _print(self, answer: dict[str, object], sentence: str, options: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(answer) if options["json"] else sentence)
