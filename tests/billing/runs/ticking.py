"""How long a gateway is left alone after a tick has read it."""

from collections.abc import Callable
from datetime import timedelta
from math import ceil

from django.utils import timezone

from billing.models import SyncRun, WhmcsGateway

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DETAILS = "getclientsdetails"
Scheduled = Callable[[], SyncRun]


def pause() -> timedelta:
    """How long from now until the gateway is read next, rounded up to ten seconds: a busy machine takes its time."""
    planned = WhmcsGateway.objects.get().next_sync_at
    assert planned is not None
    return timedelta(seconds=10 * ceil((planned - timezone.now()).total_seconds() / 10))
