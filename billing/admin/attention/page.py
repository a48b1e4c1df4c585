"""The page of one item: what happened, since when, what belongs to it, and earlier items about the same."""

from typing import Any

from django.contrib.auth.models import AnonymousUser

from billing.admin.attention.details import details_of
from billing.admin.attention.remedies import remedies_for
from billing.admin.attention.surroundings import load_surroundings, service_id_of
from billing.models import AttentionItem, SyncRun
from billing.wording.attention import explain
from companies.models import User

HISTORY = 20


def context_of(item: AttentionItem, user: User | AnonymousUser) -> dict[str, Any]:
    """The context of the page."""
    around = load_surroundings([item])
    return {
        "item": item,
        "text": explain(item),
        "service": around.service(item),
        "service_id": service_id_of(item),
        "company": around.company(item),
        "run": _run_of(item),
        "remedies": remedies_for(item, around, user),
        "details": details_of(item.params),
        "history": [(past, explain(past)) for past in _same(item)],
        "may_see_company": user.has_perm("companies.view_company"),
        "may_see_run": user.has_perm("billing.view_syncrun"),
    }


def _run_of(item: AttentionItem) -> SyncRun | None:
    """The run in which the item was opened."""
    runs = SyncRun.objects.filter(gateway=item.gateway_id, started_at__lte=item.opened_at).order_by("-started_at")
    run = runs.first()
    return run if run and (run.finished_at is None or run.finished_at >= item.opened_at) else None


def _same(item: AttentionItem) -> list[AttentionItem]:
    """Other items about the same subject."""
    same = AttentionItem.objects.filter(gateway=item.gateway_id, subject=item.subject).exclude(pk=item.pk)
    return list(same.select_related("dismissed_by")[:HISTORY])
