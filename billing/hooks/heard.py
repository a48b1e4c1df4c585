"""Received messages, against replay and against a flood."""

from datetime import datetime, timedelta

from django.db.models import Count, Sum

from billing.models import HeardMessage

MINUTE = timedelta(minutes=1)
# Twice as long as a timestamp is valid, because the sender's clock may be ahead.
KEPT = timedelta(minutes=11)


def load_recent(gateway_id: int, now: datetime) -> tuple[int, int]:
    """The number of messages of a gateway within the last minute, and of the services in them; one query."""
    recent = HeardMessage.objects.filter(gateway_id=gateway_id, heard_at__gt=now - MINUTE)
    sums = recent.aggregate(messages=Count("pk"), services=Sum("services", default=0))
    return sums["messages"], sums["services"]


def note(gateway_id: int, message_id: str, *, services: int, at: datetime) -> bool:
    """Store a message id; False if it was received before."""
    facts = {"heard_at": at, "services": services}
    return HeardMessage.objects.get_or_create(gateway_id=gateway_id, message_id=message_id, defaults=facts)[1]


def forget_old(now: datetime) -> None:
    """Delete messages that are too old to be replayed. A tick that finds none only reads."""
    old = HeardMessage.objects.filter(heard_at__lte=now - KEPT).order_by("heard_at").values_list("pk", flat=True)
    if found := list(old[:1000]):
        HeardMessage.objects.filter(pk__in=found).delete()
