"""Dismisses attention items: somebody has seen them, and says why nothing has to be done.

It stays aside as long as its cause is the same, however often a run meets that; what happened once and is over is
closed. `billing.steps.run.attention` opens a new item when the cause becomes another one.
"""

from datetime import datetime

from django.db import transaction

from billing.models import AttentionItem, Kind
from billing.models.attention import AttentionItemQuerySet
from companies.events import Actor

# Only one run reports these, so a dismissed one is simply closed.
HAPPENED_ONCE = (Kind.CLIENT_CHANGED, Kind.PRODUCT_CHANGED)


@transaction.atomic
def dismiss(items: AttentionItemQuerySet, *, reason: str, actor: Actor, at: datetime) -> int:
    """Dismiss the waiting ones of `items`; returns how many there were."""
    waiting = AttentionItem.objects.waiting().filter(pk__in=list(items.values_list("pk", flat=True)))
    told = {
        "dismissed_at": at,
        "dismissed_by": actor.user,
        "dismissed_label": actor.label[:100],
        "dismiss_reason": reason[:255],
    }
    done_with = waiting.filter(kind__in=HAPPENED_ONCE).update(closed_at=at, **told)
    return done_with + waiting.update(**told)
