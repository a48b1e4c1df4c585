"""`manage.py after_restore`: the first thing to run on a database that was restored from a backup."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from billing.models import WhmcsGateway
from billing.monitoring.freshness import describe
from billing.recovery import pauses

WHAT_NOW = """
Until you say go, nothing is read from WHMCS and no mail is sent, except to people who ask for a new password from now
on. Nobody loses access because of a date. Who was suspended, terminated or locked when the backup was made stays so.

Now: look at the gateways' settings (also these are as old as the backup), then say go for each of them:
"""
WHAT_IS_LOST = """
The first complete reading then brings companies, plans, dates and access in line with WHMCS. What WHMCS does not know
can't be brought back:
  - passwords that were chosen since the backup: the older ones open the door again; people can ask for a new one
  - people and invitations that were added since; who was removed since is back, and roles are the old ones
  - companies that were opened since are created again from WHMCS, with the first password typed there
  - what operators did since: holds, locks, plans, settings; and the story of all of it
Mails that were waiting in the backup are dropped with the go: most of them were sent long ago."""


class Command(BaseCommand):
    help = "Pauses every gateway after a backup was restored, and says what happens now and what can't be restored."

    def handle(self, *args: Any, **options: Any) -> None:
        pauses.pause_all(pauses.RESTORED)
        pauses.detect_restore()
        gateways = list(WhmcsGateway.objects.order_by("name"))
        if not gateways:
            self.stdout.write("There is no gateway, so there is nothing to pause.")
            return
        for gateway in gateways:
            self.stdout.write(f"{gateway}: {describe(gateway, timezone.now())}")
        self.stdout.write(WHAT_NOW)
        for gateway in [gateway for gateway in gateways if gateway.is_enabled] or gateways:
            self.stdout.write(f'    manage.py sync_gateway "{gateway.name}" --resume')
        self.stdout.write(WHAT_IS_LOST)
