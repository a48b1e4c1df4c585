"""Refused calls: counted, so that an operator can see them, but stored at most once a minute.

A caller without the secret must not be able to cause a write with every call.
"""

import time
from collections import Counter
from datetime import timedelta
from threading import Lock

from django.db.models import F
from django.utils import timezone

from billing.models import AttentionItem, GatewayHook, Kind

WRITTEN_EVERY = timedelta(minutes=1)
KEEPS_COMING = 10
_lock = Lock()
_unwritten: Counter[int] = Counter()
_written_at: dict[int, float] = {}


def note(hook: GatewayHook, why: GatewayHook.Refusal) -> None:
    """Count a refused call in this process, and store the count if it is time to."""
    with _lock:
        _unwritten[hook.pk] += 1
        now = time.monotonic()
        if now - _written_at.get(hook.pk, -WRITTEN_EVERY.total_seconds()) < WRITTEN_EVERY.total_seconds():
            return
        _written_at[hook.pk] = now
        count = _unwritten.pop(hook.pk)
    GatewayHook.objects.filter(pk=hook.pk).update(
        refused_at=timezone.now(), refused_why=why, refused_count=F("refused_count") + count
    )
    if hook.refused_count + count >= KEEPS_COMING:
        _ask_for_attention(hook, why)


def forget() -> None:
    """Begin as a process that was just started."""
    with _lock:
        _unwritten.clear()
        _written_at.clear()


def _ask_for_attention(hook: GatewayHook, why: GatewayHook.Refusal) -> None:
    AttentionItem.objects.get_or_create(
        gateway_id=hook.gateway_id, kind=Kind.HOOK_REFUSED, subject="hook", closed_at=None,
        defaults={"params": {"why": why.value}},
    )  # fmt: skip
