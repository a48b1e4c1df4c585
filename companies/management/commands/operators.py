"""`manage.py operators`: who may sign in to the administration, and as what."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from companies.authorization.roles import role_of
from companies.models import User


class Command(BaseCommand):
    help = "Lists operators with their role, whether they are active, and their last sign-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON array")

    def handle(self, *args: Any, **options: Any) -> None:
        operators = User.objects.filter(is_staff=True).order_by("email").prefetch_related("groups")
        rows = [_row(user) for user in operators]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, default=str))
            return
        for row in rows:
            off = "" if row["is_active"] else "\tswitched off"
            self.stdout.write(f"{row['email']}\t{row['role']}\tlast sign-in {row['last_login'] or 'never'}{off}")


def _row(user: User) -> dict[str, Any]:
    return {
        "email": user.email,
        "name": user.name,
        "role": role_of(user).value,
        "is_active": user.is_active,
        "last_login": user.last_login,
    }
