"""A gateway that rests until an operator says go, because the database may be older than what was done with it.

While it rests nothing is read and no mail goes out, and no date takes anything from anybody
(`companies.standings.facts`). After the go it is read; the first complete reading ends the pause.
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
# A mark that could not be written lags behind, but never by as much.
FENCE_MARGIN = 1000
CATCHES_UP = timedelta(hours=1)


def pause_all(reason: str) -> list[WhmcsGateway]:
    """Pause every gateway, also the disabled ones; returns those that did not rest before, as they are now."""
    return [gateway for gateway in WhmcsGateway.objects.order_by("name") if _pause(gateway, reason)]


def is_resting(gateway: WhmcsGateway) -> bool:
    """Whether it is not read just now: switched off, or waiting for an operator's go."""
    return are_resting(gateway.is_enabled, gateway.paused_at, gateway.resumed_at)


def are_resting(is_enabled: bool, paused_at: datetime | None, resumed_at: datetime | None) -> bool:
    """The same for these columns. The opposite, as a condition, is `billing.runs.schedule.READ_BY_CLOCK`."""
    return not is_enabled or (paused_at is not None and resumed_at is None)


def notice_restore() -> bool:
    """Whether the database turned out to be much older than what was done with it; then every gateway is paused.

    One that lacks less than an hour catches up by itself: no date has passed, and nothing has been forgotten that the
    next reading does not bring. Call it before anything is read or mailed. It also writes down how far each gateway has
    come.
    """
    # The marks first: whoever claims a lease in between moves the fence on before the mark.
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
    """Why the gateway must not be read just now; None if it may be."""
    resting = BillingSource.objects.filter(RESTS, pk=gateway.pk).first()
    if resting is None or resting.paused_at is None:
        return None
    return GatewayPaused(since=f"{resting.paused_at:%Y-%m-%d %H:%M %Z}", reason=resting.pause_reason)


def ensure_not_paused(gateway: WhmcsGateway) -> None:
    """Raise GatewayPaused if the gateway rests; looks for a restored backup first."""
    notice_restore()
    error = refusal(gateway)
    if error is not None:
        raise error


@transaction.atomic
def resume(gateway: WhmcsGateway) -> bool:
    """Go: let it be read again, and drop the mails that waited since before the pause. False where it did not rest."""
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
    """A complete reading that began after the go is the end of a pause. Call it in the transaction that says so."""
    if BillingSource.objects.filter(pk=gateway.pk, resumed_at__lte=began_at).exists():
        _end(gateway.pk)


@transaction.atomic
def _pause(gateway: WhmcsGateway, reason: str) -> bool:
    """An episode of silence is over too: it belongs to the time that the backup is from."""
    now = timezone.now()
    awake = BillingSource.objects.filter(pk=gateway.pk).exclude(RESTS)
    if not awake.update(paused_at=now, pause_reason=reason, resumed_at=None):
        return False
    WhmcsGateway.objects.filter(pk=gateway.pk).update(silent_since=None)
    AttentionItem.objects.open().filter(gateway=gateway, kind=Kind.PAUSED).update(closed_at=now)
    params = {"since": now.isoformat(), "reason": reason, "gateway": gateway.name}
    AttentionItem.objects.create(gateway=gateway, kind=Kind.PAUSED, subject="gateway", params=params, opened_at=now)
    gateway.refresh_from_db()
    return True


def _wake_disabled() -> None:
    """When all enabled gateways have been told to go, disabled ones must not hold up the mails any longer."""
    if WhmcsGateway.objects.filter(RESTS, is_enabled=True).exists():
        return
    for pk in WhmcsGateway.objects.filter(paused_at__isnull=False, is_enabled=False).values_list("pk", flat=True):
        _end(pk)


def _end(gateway_id: int) -> None:
    BillingSource.objects.filter(pk=gateway_id).update(paused_at=None, pause_reason="", resumed_at=None)
    items = AttentionItem.objects.open().filter(gateway_id=gateway_id, kind=Kind.PAUSED)
    items.update(closed_at=timezone.now())


def _load_fences() -> dict[UUID, int]:
    return dict(WhmcsGateway.objects.values_list("uid", "lease_fence"))


def _lacks_much(uid: UUID, mark: Mark) -> bool:
    """Whether the last run that the database knows of is much older than the mark; with no run it lacks nothing.

    A mark from the future was made by a clock that was wrong.
    """
    last = SyncRun.objects.filter(gateway__uid=uid).order_by("-started_at").values_list("started_at", flat=True).first()
    if last is None:
        return False
    noted_at = min(mark.noted_at, timezone.now().timestamp())
    return noted_at - last.timestamp() > CATCHES_UP.total_seconds()


def _advance_fences(marks: Mapping[UUID, Mark]) -> None:
    """Put each fence beyond its mark. The marks on all machines are then behind again, without being reached for.

    A runner that began before the restore holds a fence that the database would reach a second time; now it never does.
    """
    for uid, mark in marks.items():
        behind = WhmcsGateway.objects.filter(uid=uid, lease_fence__lt=mark.fence)
        behind.update(lease_fence=mark.fence + FENCE_MARGIN, lease_until=None, lease_holder="")
