"""Services that are read out of turn: for a customer who has paid, for an operator, or because WHMCS says so.

A wish is a row before anybody is told of it, so that no lost message loses it. Whoever holds the gateway's lease acts
on it: a run that is under way between two of its steps (`billing.steps.beside`), or else a run of its own.
"""

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from billing import checks
from billing.models import ServiceWish, SyncRun

AGAIN_AFTER = timedelta(seconds=10)
# After that the next reading of everything is soon enough.
MOST_TRIES = 3
AT_A_TIME = 10
_READ = {SyncRun.Outcome.COMPLETE, SyncRun.Outcome.HELD}


def put_down(gateway_id: int, service_id: int, *, trigger: str, at: datetime) -> None:
    """Write a wish down, or have the one that waits for this service mean a reading after `at`."""
    wish = ServiceWish(gateway_id=gateway_id, service_id=service_id, trigger=trigger, asked_at=at)
    ServiceWish.objects.bulk_create(
        [wish],
        update_conflicts=True,
        unique_fields=["gateway", "service_id"],
        update_fields=["trigger", "asked_at", "tries", "tried_at"],
    )


def load_due(gateway_id: int, now: datetime) -> list[ServiceWish]:
    """The next few wishes of a gateway, oldest first; one query."""
    return list(ServiceWish.objects.filter(_is_due(now), gateway_id=gateway_id)[:AT_A_TIME])


def load_gateways(now: datetime) -> list[int]:
    """The gateways of which something is wished for; one query."""
    return list(ServiceWish.objects.filter(_is_due(now)).order_by().values_list("gateway_id", flat=True).distinct())


def settle(wish: ServiceWish, run: SyncRun) -> None:
    """`run` has read the service, or tried to; one that was asked for again since it began goes on waiting."""
    is_read = run.outcome in _READ
    mine = ServiceWish.objects.filter(pk=wish.pk, asked_at=wish.asked_at)
    if is_read or wish.tries + 1 >= MOST_TRIES:
        mine.delete()
    else:
        mine.update(tries=F("tries") + 1, tried_at=timezone.now())
    checks.end(wish.gateway_id, wish.service_id, asked_until=wish.asked_at, is_read=is_read)


def drop(gateway_id: int) -> None:
    """The gateway must not be read now, and will be read as a whole when it may."""
    for wish in ServiceWish.objects.filter(gateway_id=gateway_id):
        wish.delete()
        checks.end(gateway_id, wish.service_id, asked_until=wish.asked_at, is_read=False)


def _is_due(now: datetime) -> Q:
    return Q(tried_at=None) | Q(tried_at__lte=now - AGAIN_AFTER)
