"""`manage.py createsuperuser`: Django's own, with an entry in the audit log."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from companies.audit.log import AuditCode, record_command
from companies.models import User


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        known = set(User.objects.filter(is_superuser=True).values_list("pk", flat=True))
        super().handle(*args, **options)
        for user in User.objects.filter(is_superuser=True).exclude(pk__in=known):
            details = {"role": "superuser", "command": "createsuperuser"}
            record_command(AuditCode.OPERATOR_ADDED, about=user.email, details=details)
