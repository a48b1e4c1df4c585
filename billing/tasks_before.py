"""Tasks of the version before: its web server may still send them while this one's worker is already at work.

They go with the next version. `tests/upgrade/test_rules.py` compares the two versions' tasks.
"""

from celery import shared_task
from django.utils import timezone

from billing import wishes
from billing.models import PaymentCheck, SyncRun, WhmcsGateway
from billing.tasks import send_wishes


@shared_task(name="billing.tasks.sync_service", ignore_result=True)
def sync_service(gateway_id: int, service_id: int, tries: int = 1) -> None:
    """Read one service for an operator, as a wish; `tries` counted what wishes count by themselves."""
    if WhmcsGateway.objects.filter(pk=gateway_id).exists():
        wishes.put_down(gateway_id, service_id, trigger=SyncRun.Trigger.OPERATOR, at=timezone.now())
        send_wishes(gateway_id)


@shared_task(name="billing.tasks.answer_check", ignore_result=True)
def answer_check(check_id: int) -> None:
    """Read a service for a customer who says that they have paid, as a wish."""
    waiting = PaymentCheck.objects.filter(pk=check_id, state=PaymentCheck.State.WAITING)
    check = waiting.select_related("subscription").first()
    if check is not None:
        gateway_id, service_id = check.subscription.gateway_id, check.subscription.service_id
        wishes.put_down(gateway_id, service_id, trigger=SyncRun.Trigger.CUSTOMER, at=check.asked_at)
        send_wishes(gateway_id)
