"""The periodic tick: sends the tasks that are due, and does small chores.

Every few seconds it finds in the database what is due, so nothing depends on a message that arrives.
"""

from collections.abc import Callable
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from billing.hooks import heard
from billing.models import SyncRun, WhmcsGateway
from billing.monitoring import alerts
from billing.on_demand import payment_checks, read_requests
from billing.previews import stored
from billing.recovery import pauses
from billing.runs.retention import forget_old_runs
from billing.runs.schedule import READ_BY_CLOCK, due_at, schedule_next
from billing.steps.losses import unread
from billing.steps.newcomers import help_wanted
from billing.tasks import send_preview, sync_gateway, wake_reader
from companies.database.broken import let_go_of_broken
from companies.mail import access_notices, outbox
from companies.standings import history


# Beats and workers of the version before know it by this name.
@shared_task(name="billing.tasks.tick", ignore_result=True)
def tick() -> None:
    """Do all parts of a tick. A failing one does not hold up the others."""
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
