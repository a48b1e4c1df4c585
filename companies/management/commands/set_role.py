"""`manage.py set_role EMAIL ROLE`: gives or takes the role of an operator. Exit status 0: done, 1: refused."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from companies.audit.log import AuditCode, from_to, record_command
from companies.authorization.roles import OperatorRole, role_of, set_role
from companies.errors import CompanyError
from companies.management.people import load_person

ROLES = [role.value for role in OperatorRole if role is not OperatorRole.OWN_GROUPS]


class Command(BaseCommand):
    help = "Gives a person who is here already a role as operator; `none` takes it away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("role", metavar="ROLE", choices=ROLES, help=f"one of {', '.join(ROLES)}")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        user = load_person(options["email"])
        before, role = role_of(user), OperatorRole(options["role"])
        try:
            set_role(user, role)
        except CompanyError as error:
            raise CommandError(str(error)) from error
        facts = {"role": from_to(before.value, role.value), "command": "set_role"}
        record_command(AuditCode.OPERATOR_ROLE_CHANGED, about=user.email, details=facts)
        if options["json"]:
            told = {"email": user.email, "before": before.value, "role": role.value}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(f"{user.email} was {before.value} and is {role.value} now.")
