"""`manage.py changepassword`: Django's own, for an address in any spelling, with an entry in the audit log."""

from typing import Any

from django.contrib.auth.management.commands import changepassword

from companies.audit.log import AuditCode, record_command
from companies.authentication.adapters import canonical_or_typed


class Command(changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        address = canonical_or_typed(options["username"] or "")
        said = super().handle(*args, **{**options, "username": address})
        record_command(AuditCode.PASSWORD_CHANGED, about=address, details={"command": "changepassword"})
        return said
