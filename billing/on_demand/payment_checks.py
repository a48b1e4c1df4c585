"""Payment checks: a service is read because its customer says that they have paid.

The check is stored together with the request to read its service (`billing.on_demand.read_requests`), and the reading
ends both. Such readings and scheduled ones share one budget of failing calls.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from billing.models import PaymentCheck, Subscription

# Longer than anybody waits on the page.
EXPIRES_AFTER = timedelta(minutes=10)
State = PaymentCheck.State


def start(subscription: Subscription, *, at: datetime, same_for: timedelta) -> PaymentCheck | None:
    """Start a check; None if one waits already, or if one was started less than `same_for` ago."""
    check, is_first = PaymentCheck.objects.get_or_create(subscription=subscription, defaults={"asked_at": at})
    if is_first:
        return check
    is_over = ~Q(state=State.WAITING) | Q(asked_at__lte=at - EXPIRES_AFTER)
    rows = PaymentCheck.objects.filter(is_over, pk=check.pk, asked_at__lte=at - same_for)
    return check if rows.update(state=State.WAITING, asked_at=at, ended_at=None) else None


def expire_old(now: datetime) -> None:
    """End checks that nobody answered. A tick that finds none, as almost always, only reads."""
    old = PaymentCheck.objects.filter(state=State.WAITING, asked_at__lte=now - EXPIRES_AFTER)
    if old.exists():
        old.update(state=State.FAILED, ended_at=now)


def end(gateway_id: int, service_id: int, *, asked_until: datetime, is_read: bool) -> None:
    """End the checks that were started by then, because the service was read or could not be read."""
    asked = PaymentCheck.objects.filter(subscription__gateway_id=gateway_id, subscription__service_id=service_id)
    waiting = asked.filter(state=State.WAITING, asked_at__lte=asked_until)
    waiting.update(state=State.READ if is_read else State.FAILED, ended_at=timezone.now())
