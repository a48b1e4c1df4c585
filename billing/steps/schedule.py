"""When a gateway is read next: a column, so that no message and no restart can lose it."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from billing.models import WhmcsGateway


def due_at(moment: datetime) -> Q:
    """The condition for gateways that should be read at `moment`."""
    return Q(next_sync_at=None) | Q(next_sync_at__lte=moment)


def schedule_next(gateway: WhmcsGateway, *, only_if_due: bool = False) -> bool:
    """Move a gateway on by its interval; with `only_if_due` False where somebody else was faster."""
    now = timezone.now()
    rows = WhmcsGateway.objects.filter(due_at(now) if only_if_due else Q(), pk=gateway.pk)
    return bool(rows.update(next_sync_at=now + timedelta(seconds=gateway.interval_seconds)))
