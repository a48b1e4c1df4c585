"""The Celery tasks: the periodic tick, and the tasks that it sends.

Tasks carry ids only. What is due is in the database, so a lost message costs no more than the time to the next tick.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from celery import Task, shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from billing import helping, sync
from billing.errors import GatewayPaused, PreviewUnusable, RunInProgress
from billing.hooks import heard
from billing.models import StoredPreview, SyncRun, WhmcsGateway
from billing.monitoring import alerts
from billing.on_demand import payment_checks, read_requests
from billing.previews import applying, stored
from billing.recovery import pauses
from billing.runs.retention import forget_old_runs
from billing.runs.schedule import READ_BY_CLOCK, due_at, schedule_next
from billing.steps.losses import unread
from billing.steps.newcomers import help_wanted
from companies.database.broken import let_go_of_broken
from companies.mail import access_notices, outbox
from companies.standings import history

TICKS_COME_EVERY = timedelta(seconds=10)
logger = logging.getLogger(__name__)


@shared_task(name="billing.tasks.tick", ignore_result=True)
def tick() -> None:
    """Send the tasks that are due, and do small chores. A failing part does not hold up the others."""
    now = timezone.now()
    pauses.detect_restore()
    failures: list[Exception] = []
    for part in _PARTS_OF_A_TICK:
        try:
            part(now)
        except Exception as error:
            let_go_of_broken()
            failures.append(error)
    if failures:
        raise ExceptionGroup("Parts of a tick failed, the others were done", failures)


@shared_task(name="billing.tasks.sync_gateway", ignore_result=True)
def sync_gateway(gateway_id: int, trigger: str) -> None:
    """Sync one gateway. If another run holds the gateway, do nothing: that run does the work, or ends soon."""
    gateway = WhmcsGateway.objects.filter(pk=gateway_id).first()
    if gateway is None:
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


def _wake_gateways(now: datetime) -> None:
    for gateway in WhmcsGateway.objects.filter(READ_BY_CLOCK, due_at(now)):
        if schedule_next(gateway, only_if_due=True):
            sync_gateway.apply_async((gateway.pk, SyncRun.Trigger.SCHEDULE.value), expires=gateway.interval_seconds)


def _wake_previews(now: datetime) -> None:
    for preview in stored.watch(now):
        send_preview(preview)


def _wake_helpers(now: datetime) -> None:
    for run_id in help_wanted.load_wanted(now):
        help_wanted.send(run_id)


def _wake_readers(now: datetime) -> None:
    for gateway_id in read_requests.load_gateways(now):
        wake_reader(gateway_id)


def _send_mails(now: datetime) -> None:
    outbox.send_due_mails()


_PARTS_OF_A_TICK: tuple[Callable[[datetime], object], ...] = (
    _wake_gateways, unread.open_paid_companies, _wake_previews, payment_checks.expire_old, _wake_helpers,
    _wake_readers, alerts.watch, access_notices.queue_due_notices, _send_mails, forget_old_runs,
    heard.forget_old, history.note_day,
)  # fmt: skip
