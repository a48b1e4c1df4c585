"""One service is read because its customer says that they have paid.

The row is put down before the message is sent, so a lost message costs a tick. Such readings stand in line with all
others, one at a time for each gateway, and share with the clock's what may fail in an hour.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from billing import sync
from billing.errors import GatewayPaused, RunInProgress
from billing.models import PaymentCheck, Subscription, SyncRun

# Longer than a reading of everything should take, behind which a question waits.
GIVEN_UP_AFTER = timedelta(minutes=10)
SENT_AGAIN_AFTER = timedelta(seconds=10)
State = PaymentCheck.State
logger = logging.getLogger(__name__)


def put_down(subscription: Subscription, *, at: datetime, same_for: timedelta) -> PaymentCheck | None:
    """Write the question down; None where one waits already, or was asked less than `same_for` ago."""
    check, is_first = PaymentCheck.objects.get_or_create(subscription=subscription, defaults={"asked_at": at})
    if is_first:
        return check
    is_over = ~Q(state=State.WAITING) | Q(asked_at__lte=at - GIVEN_UP_AFTER)
    rows = PaymentCheck.objects.filter(is_over, pk=check.pk, asked_at__lte=at - same_for)
    return check if rows.update(state=State.WAITING, asked_at=at, ended_at=None) else None


def load_unanswered(now: datetime) -> list[int]:
    """The questions whose message was lost, or that another run kept waiting; those too old are given up."""
    waiting = PaymentCheck.objects.filter(state=State.WAITING)
    rows = list(waiting.order_by("asked_at").values_list("pk", "asked_at"))
    # A tick that finds nothing, as nearly all of them, only reads.
    if rows and rows[0][1] <= now - GIVEN_UP_AFTER:
        waiting.filter(asked_at__lte=now - GIVEN_UP_AFTER).update(state=State.FAILED, ended_at=now)
    return [pk for pk, asked_at in rows if now - GIVEN_UP_AFTER < asked_at <= now - SENT_AGAIN_AFTER]


def answer(check_id: int) -> None:
    """Read the service; a message that comes twice finds nothing to do.

    While another run is at the gateway the question goes on waiting, for the next tick.
    """
    waiting = PaymentCheck.objects.filter(pk=check_id, state=State.WAITING).select_related("subscription__gateway")
    check = waiting.first()
    if check is None:
        return
    try:
        _end(check, _read(check.subscription))
    except RunInProgress as refusal:
        logger.info("Payment check %d is not answered now: %s", check_id, refusal)
    except GatewayPaused as refusal:
        logger.info("Payment check %d can't be answered: %s", check_id, refusal)
        _end(check, State.FAILED)
    except Exception:
        # Else each tick would try it again.
        _end(check, State.FAILED)
        raise


def _read(subscription: Subscription) -> PaymentCheck.State:
    gateway, service_id = subscription.gateway, subscription.service_id
    run = sync.sync_gateway(gateway, trigger=SyncRun.Trigger.CUSTOMER, service_id=service_id)
    is_read = run.outcome in {SyncRun.Outcome.COMPLETE, SyncRun.Outcome.HELD}
    return State.READ if is_read else State.FAILED


def _end(check: PaymentCheck, state: PaymentCheck.State) -> None:
    rows = PaymentCheck.objects.filter(pk=check.pk, state=State.WAITING, asked_at=check.asked_at)
    rows.update(state=state, ended_at=timezone.now())
