"""Company events about services that vanished from WHMCS, and about those that are found again."""

from collections.abc import Iterable
from datetime import datetime

from billing.models import Subscription
from billing.reconcile import Decision
from billing.wording import reasons
from companies.events import Actor, Code
from companies.story import new_event, tell


def tell_gone_unlocked(subscription_ids: Iterable[int], *, actor: Actor, at: datetime) -> None:
    """Write an event for each company whose service is gone. Call it inside `lease.writing()`."""
    rows = Subscription.objects.filter(pk__in=list(subscription_ids), company__isnull=False).order_by("pk")
    tell([
        new_event(
            company_id, Code.SERVICE_VANISHED, actor, at, reason=reasons.GONE(number=number, text=status, day=due)
        )
        for company_id, number, status, due in rows.values_list("company_id", "service_id", "status", "due_date")
        if company_id is not None
    ])  # fmt: skip


def tell_found_unlocked(decisions: Iterable[Decision], *, actor: Actor, at: datetime) -> None:
    """Write events for the vanished services that are found again. Call it inside `lease.writing()`."""
    tell([
        new_event(
            one.company_id, Code.SERVICE_FOUND, actor, at, reason=reasons.FOUND(number=one.facts.service_id)
        )
        for one in decisions
        if one.company_id is not None and one.is_found_again
    ])  # fmt: skip
