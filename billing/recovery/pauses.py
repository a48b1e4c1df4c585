"""Pauses gateways after a restored backup, because the database may lack what was done since the backup.

During a pause nothing is read, no mail goes out, and no due date takes access from anybody
(`companies.standings.facts`). When an operator resumes the gateway, it is read again; the first complete reading ends
the pause.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from billing.errors import GatewayPaused
from billing.models import AttentionItem, Kind, SyncRun, WhmcsGateway
from billing.recovery import watermark
from billing.recovery.watermark import Mark
from billing.runs.schedule import start_anew
from companies.mail import outbox
from companies.models import BillingSource
from companies.standings.facts import RESTS

logger = logging.getLogger(__name__)
RESTORED = gettext_noop("restored from a backup")
OLDER_THAN_ITS_DEEDS = gettext_noop("the database is older than what was done with it, as after restoring a backup")
# A watermark that could not be written lags behind, but never this far.
FENCE_MARGIN = 1000
CATCHES_UP = timedelta(hours=1)


def pause_all(reason: str) -> list[WhmcsGateway]:
    """Pause every gateway, also the disabled ones; returns those that were not paused before."""
    return [gateway for gateway in WhmcsGateway.objects.order_by("name") if _pause(gateway, reason)]


def is_resting(gateway: WhmcsGateway) -> bool:
    """Whether the gateway is not read now, because it is disabled or waits for an operator to resume it."""
    return are_resting(gateway.is_enabled, gateway.paused_at, gateway.resumed_at)


def are_resting(is_enabled: bool, paused_at: datetime | None, resumed_at: datetime | None) -> bool:
    """The same from the columns. `billing.runs.schedule.READ_BY_CLOCK` is the opposite, as a condition."""
    return not is_enabled or (paused_at is not None and resumed_at is None)


def detect_restore() -> bool:
    """Pause every gateway if the database is much older than the watermarks; returns whether it is.

    A database that lacks less than an hour catches up by itself: no due date has passed, and the next reading brings
    what is missing. Call this before anything is read or mailed. It also raises the watermarks.
    """
    # Load the marks first: a run that claims a lease in between raises the fence before the mark.
    marks = watermark.load_marks(WhmcsGateway.objects.values_list("uid", flat=True))
    fences = _load_fences()
    behind = {uid: marks[uid] for uid, fence in fences.items() if uid in marks and fence < marks[uid].fence}
    is_old = any(_lacks_much(uid, mark) for uid, mark in behind.items())
    if is_old:
        logger.error("The database is older than what was done with it: every gateway is paused")
        pause_all(OLDER_THAN_ITS_DEEDS)
    if behind:
        _advance_fences(behind)
        fences = _load_fences()
    watermark.raise_marks({uid: fence for uid, fence in fences.items() if uid not in marks or fence > marks[uid].fence})
    return is_old


def refusal(gateway: WhmcsGateway) -> GatewayPaused | None:
    """Why the gateway must not be read now; None if it may be."""
    resting = BillingSource.objects.filter(RESTS, pk=gateway.pk).first()
    if resting is None or resting.paused_at is None:
        return None
    return GatewayPaused(since=f"{resting.paused_at:%Y-%m-%d %H:%M %Z}", reason=resting.pause_reason)


def ensure_not_paused(gateway: WhmcsGateway) -> None:
    """Raise GatewayPaused if the gateway is paused. Checks for a restored backup first."""
    detect_restore()
    error = refusal(gateway)
    if error is not None:
        raise error


@transaction.atomic
def resume(gateway: WhmcsGateway) -> bool:
    """Let the gateway be read again, and drop mails from before the pause. False if it was not paused."""
    resting = BillingSource.objects.filter(RESTS, pk=gateway.pk)
    paused_at = resting.values_list("paused_at", flat=True).first()
    now = timezone.now()
    if paused_at is None or not resting.update(resumed_at=now):
        return False
    outbox.drop_queued_before(paused_at, because=RESTORED)
    WhmcsGateway.objects.filter(pk=gateway.pk).update(**start_anew(gateway))
    _wake_disabled()
    logger.warning("%s is no longer paused", gateway)
    return True


def end_by_reading(gateway: WhmcsGateway, *, began_at: datetime) -> None:
    """End the pause if this complete reading began after the gateway was resumed. Call it in the run's transaction."""
    if BillingSource.objects.filter(pk=gateway.pk, resumed_at__lte=began_at).exists():
        _end(gateway.pk)


@transaction.atomic
def _pause(gateway: WhmcsGateway, reason: str) -> bool:
    """Pause the gateway. Also ends an episode of silence, which belongs to the time of the backup."""
    now = timezone.now()
    awake = BillingSource.objects.filter(pk=gateway.pk).exclude(RESTS)
    if not awake.update(paused_at=now, pause_reason=reason, resumed_at=None):
        return False
    WhmcsGateway.objects.filter(pk=gateway.pk).update(silent_since=None)
    AttentionItem.objects.close(gateway.pk, Kind.PAUSED, at=now)
    params = {"since": now.isoformat(), "reason": reason, "gateway": gateway.name}
    AttentionItem.objects.create(gateway=gateway, kind=Kind.PAUSED, subject="gateway", params=params, opened_at=now)
    gateway.refresh_from_db()
    return True


def _wake_disabled() -> None:
    """When all enabled gateways were resumed, a paused disabled one must not hold up the mails any longer."""
    if WhmcsGateway.objects.filter(RESTS, is_enabled=True).exists():
        return
    for pk in WhmcsGateway.objects.filter(paused_at__isnull=False, is_enabled=False).values_list("pk", flat=True):
        _end(pk)


def _end(gateway_id: int) -> None:
    BillingSource.objects.filter(pk=gateway_id).update(paused_at=None, pause_reason="", resumed_at=None)
    AttentionItem.objects.close(gateway_id, Kind.PAUSED, at=timezone.now())


def _load_fences() -> dict[UUID, int]:
    return dict(WhmcsGateway.objects.values_list("uid", "lease_fence"))


def _lacks_much(uid: UUID, mark: Mark) -> bool:
    """Whether the last known run is much older than the mark; without any run nothing is missing.

    A mark from the future was made by a wrong clock and counts as one of this moment.
    """
    last = SyncRun.objects.filter(gateway__uid=uid).order_by("-started_at").values_list("started_at", flat=True).first()
    if last is None:
        return False
    noted_at = min(mark.noted_at, timezone.now().timestamp())
    return noted_at - last.timestamp() > CATCHES_UP.total_seconds()


def _advance_fences(marks: Mapping[UUID, Mark]) -> None:
    """Raise each fence beyond its mark, so that the marks on all machines are behind again.

    A runner from before the restore holds a fence that the database would otherwise reach a second time.
    """
    for uid, mark in marks.items():
        behind = WhmcsGateway.objects.filter(uid=uid, lease_fence__lt=mark.fence)
        behind.update(lease_fence=mark.fence + FENCE_MARGIN, lease_until=None, lease_holder="")
