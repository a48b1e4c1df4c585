"""The Celery tasks, and functions that send them for people who wait. The periodic tick (`billing.tick`) does so, too.

Tasks carry ids only. What is due is in the database, so a lost message costs no more than the time to the next tick.
"""

import logging
from datetime import timedelta

from celery import Task, shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from billing import helping, sync
from billing.errors import GatewayPaused, PreviewUnusable, RunInProgress
from billing.models import StoredPreview, SyncRun, WhmcsGateway
from billing.on_demand import read_requests
from billing.previews import applying, stored
from billing.runs.schedule import is_withdrawn
from billing.steps.newcomers import help_wanted

TICKS_COME_EVERY = timedelta(seconds=10)
logger = logging.getLogger(__name__)


@shared_task(name="billing.tasks.sync_gateway", ignore_result=True)
def sync_gateway(gateway_id: int, trigger: str) -> None:
    """Sync one gateway. If another run holds the gateway, do nothing: that run does the work, or ends soon."""
    gateway = WhmcsGateway.objects.filter(pk=gateway_id).first()
    if gateway is None or is_withdrawn(gateway):
        return
    try:
        sync.sync_gateway(gateway, trigger=SyncRun.Trigger(trigger))
    except (RunInProgress, GatewayPaused) as refusal:
        logger.info("%s is not read now: %s", gateway, refusal)
        if isinstance(refusal, RunInProgress) and _is_only_of_services(gateway_id):
            # Runs of single services must not delay the full reading: the next tick tries again.
            WhmcsGateway.objects.filter(pk=gateway_id).update(next_sync_at=timezone.now())


def _is_only_of_services(gateway_id: int) -> bool:
    """Whether all running runs of the gateway read single services only."""
    running = SyncRun.objects.running().filter(gateway_id=gateway_id)
    triggers = set(running.values_list("trigger", flat=True))
    return bool(triggers) and triggers <= {SyncRun.Trigger.HOOK, SyncRun.Trigger.CUSTOMER}


# Workers of the version before know it by this name only.
@shared_task(name="billing.tasks.read_wished", ignore_result=True)
def read_requested_services(gateway_id: int) -> None:
    """Read the services that somebody waits for. If another run holds the gateway, that run reads them."""
    gateway = WhmcsGateway.objects.filter(pk=gateway_id).first()
    if gateway is None:
        return
    try:
        count = sync.read_requested_services(gateway)
    except (RunInProgress, GatewayPaused) as refusal:
        logger.info("%s: requested services are not read now: %s", gateway, refusal)
        return
    next_at = read_requests.next_due(gateway_id) if count else None
    if next_at is not None and (after := next_at - timezone.now()) < TICKS_COME_EVERY:
        wake_reader(gateway_id, after=after)


@shared_task(name="billing.tasks.help_import", ignore_result=True)
def help_import(run_id: int) -> None:
    """Help a long import for a while, then queue again, so that other tasks get their turn."""
    if helping.help_run(run_id):
        help_wanted.send(run_id)


@shared_task(name="billing.tasks.make_preview", ignore_result=True)
def make_preview(preview_id: int) -> None:
    """Make a requested preview. If the message comes twice, the second one finds nothing to do."""
    preview = StoredPreview.objects.select_related("gateway").filter(pk=preview_id).first()
    if preview is not None:
        stored.make(preview)


@shared_task(name="billing.tasks.apply_preview", ignore_result=True)
def apply_preview(preview_id: int) -> None:
    """Apply a requested preview. While another run reads the gateway, the preview waits for the next tick."""
    preview = StoredPreview.objects.select_related("gateway").filter(pk=preview_id).first()
    if preview is None:
        return
    try:
        applying.apply(preview, trigger=SyncRun.Trigger.OPERATOR)
    except (RunInProgress, GatewayPaused, PreviewUnusable) as refusal:
        logger.info("Preview %d is not applied now: %s", preview_id, refusal)


def send_preview(preview: StoredPreview) -> bool:
    """Send the task for a preview. False if the broker can't be reached; then the next tick does it."""
    task = make_preview if preview.state == StoredPreview.State.MAKING else apply_preview
    return _send(task, preview.pk, expires=300)


def wake_reader(gateway_id: int, *, after: timedelta = timedelta(0)) -> bool:
    """Send the task that reads what somebody waits for, now or `after` a short while.

    False if the broker can't be reached; then a running run or the next tick does it.
    """
    return _send(read_requested_services, gateway_id, countdown=after.total_seconds(), expires=60)


def request_sync(gateway: WhmcsGateway) -> bool:
    """Request a run as soon as possible. False if the broker can't be reached; then the next tick does it."""
    WhmcsGateway.objects.filter(pk=gateway.pk).update(next_sync_at=timezone.now())
    return _send(sync_gateway, gateway.pk, SyncRun.Trigger.OPERATOR.value, expires=300)


def request_sync_if_enabled(gateway: WhmcsGateway) -> bool:
    """Request a run unless the gateway is switched off; False if it is, perhaps since a moment ago."""
    if not WhmcsGateway.objects.filter(pk=gateway.pk, is_enabled=True).update(next_sync_at=timezone.now()):
        return False
    _send(sync_gateway, gateway.pk, SyncRun.Trigger.OPERATOR.value, expires=300)
    return True


def request_service_sync(gateway: WhmcsGateway, service_id: int) -> None:
    """Have one service read for an operator as soon as possible, even during a full run."""
    read_requests.enqueue(gateway.pk, service_id, trigger=SyncRun.Trigger.OPERATOR, at=timezone.now())
    transaction.on_commit(lambda: wake_reader(gateway.pk))


def _send(task: Task[..., None], *arguments: object, expires: float, countdown: float = 0) -> bool:
    try:
        task.apply_async(arguments, expires=expires, countdown=countdown)
    except BrokerError:
        return False
    return True
