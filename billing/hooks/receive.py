"""Stores what WHMCS tells: durably, once, and with a limit."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from billing.hooks import heard, refused
from billing.hooks.message import Unreadable, parse_services
from billing.hooks.secrets import secrets_of
from billing.hooks.signature import judge
from billing.hooks.silence import SILENT_FOR
from billing.models import AttentionItem, GatewayHook, Kind, SyncRun
from billing.on_demand import read_requests
from billing.recovery.pauses import is_resting
from billing.tasks import wake_reader

# Per gateway and minute. Further services come with the next full reading.
MOST_MESSAGES, MOST_SERVICES = 120, 60
EXACT_TO = timedelta(seconds=10)


class Outcome(Enum):
    """The outcome of a call."""

    NOTED = auto()
    REFUSED = auto()
    UNREADABLE = auto()
    BUSY = auto()


def receive(uid: UUID, headers: Mapping[str, str], body: bytes) -> Outcome:
    """Verify a call for the gateway with this uid, store the services, and wake a worker to read them.

    A call without the secret costs one query, whether the gateway exists or not.
    """
    now = timezone.now()
    hook = _load(uid)
    if hook is None:
        return Outcome.REFUSED
    refusal = judge(headers, body, secrets_of(hook), now=now)
    if refusal is not None:
        refused.note(hook, refusal)
        return Outcome.REFUSED
    try:
        services = parse_services(body)
    except Unreadable:
        refused.note(hook, GatewayHook.Refusal.UNREADABLE)
        return Outcome.UNREADABLE
    outcome, is_requested = _note(hook, headers["webhook-id"], services, now)
    if is_requested:
        wake_reader(hook.gateway_id)
    return outcome


def _load(uid: UUID) -> GatewayHook | None:
    hooks = GatewayHook.objects.select_related("gateway").filter(gateway__uid=uid)
    rest = ("gateway__is_enabled", "gateway__paused_at", "gateway__resumed_at")
    return hooks.only("secrets", "heard_at", "refused_count", "gateway_id", *rest).first()


@transaction.atomic
def _note(hook: GatewayHook, message_id: str, services: Sequence[int], now: datetime) -> tuple[Outcome, bool]:
    """Store a message, unless it was received before. Also returns whether a worker has to be woken."""
    messages, told = heard.load_recent(hook.gateway_id, now)
    if messages >= MOST_MESSAGES:
        return Outcome.BUSY, False
    # A paused gateway is read completely when it is resumed, so single services need not be stored.
    requested = [] if is_resting(hook.gateway) else services[: max(0, MOST_SERVICES - told)]
    if not heard.note(hook.gateway_id, message_id, services=len(requested), at=now):
        return Outcome.NOTED, False
    for service_id in requested:
        read_requests.enqueue(hook.gateway_id, service_id, trigger=SyncRun.Trigger.HOOK, at=now)
    _note_heard(hook, now)
    return Outcome.NOTED, bool(requested)


def _note_heard(hook: GatewayHook, now: datetime) -> None:
    if hook.heard_at is None or hook.refused_count or hook.heard_at <= now - EXACT_TO:
        GatewayHook.objects.filter(pk=hook.pk).update(heard_at=now, refused_count=0)
    if over := list(_over_when_heard(hook, now)):
        AttentionItem.objects.close(hook.gateway_id, *over, at=now)


def _over_when_heard(hook: GatewayHook, now: datetime) -> Iterator[Kind]:
    if hook.refused_count:
        yield Kind.HOOK_REFUSED
    if hook.heard_at is not None and now - hook.heard_at >= SILENT_FOR:
        yield Kind.HOOK_SILENT
