"""Applies a preview: a run that may do what it shows and nothing else (`billing.steps.applied.limit`).

A preview can be applied again, also after a killed run did a part of it: the end state is the same.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from billing import sync
from billing.decisions import approvals
from billing.errors import ErrorCode, PreviewUnusable, RunInProgress
from billing.models import StoredPreview, SyncRun
from billing.previews import stored
from billing.steps.run.context import Limit
from billing.steps.safeguards import holding
from companies.events import Actor

State = StoredPreview.State
_APPLICABLE = (State.READY, State.APPLIED)
logger = logging.getLogger(__name__)


def ask_to_apply(preview: StoredPreview, *, by: Actor, at: datetime, with_yes: bool = False) -> None:
    """Have a worker apply a preview; `with_yes` approves in advance what a run would ask about it.

    Raises PreviewUnusable if it can't be applied, or no longer.
    """
    ensure_applicable(preview, at)
    rows = StoredPreview.objects.filter(pk=preview.pk, state__in=_APPLICABLE)
    with transaction.atomic():
        if not rows.update(state=State.APPLYING, begun_at=None, touched_at=at, applied_by=by.label[:255]):
            raise PreviewUnusable
        if with_yes:
            approvals.approve_previewed(preview, actor=by, at=at)


def ensure_applicable(preview: StoredPreview, at: datetime) -> None:
    """Raise PreviewUnusable if the preview is not ready, is too old, or was made with other settings."""
    if preview.state == State.OUTDATED:
        raise PreviewUnusable(ErrorCode.PREVIEW_OUTDATED)
    if preview.state not in _APPLICABLE:
        raise PreviewUnusable
    if not stored.is_good(preview, at):
        StoredPreview.objects.filter(pk=preview.pk, state=State.READY).update(state=State.OUTDATED)
        raise PreviewUnusable(ErrorCode.PREVIEW_OUTDATED)


def apply(preview: StoredPreview, *, trigger: SyncRun.Trigger) -> SyncRun | None:
    """Apply a preview that waits for it; None if it does not wait any more, or another worker has begun.

    Raises RunInProgress if another run reads the gateway, so the preview keeps waiting; GatewayPaused if the gateway is
    paused; and PreviewUnusable if the preview is outdated.
    """
    if not stored.begin(preview, State.APPLYING):
        return None
    rows = StoredPreview.objects.filter(pk=preview.pk, state=State.APPLYING)
    if not stored.is_good(preview, timezone.now()):
        rows.update(state=State.OUTDATED, begun_at=None)
        raise PreviewUnusable(ErrorCode.PREVIEW_OUTDATED)
    kept = holding.load_verdicts(preview.gateway, timezone.now()).kept
    try:
        run = sync.sync_gateway(preview.gateway, trigger=trigger, limit=Limit(preview.pk, kept))
    except RunInProgress:
        rows.update(begun_at=None, touched_at=timezone.now())
        raise
    except BaseException:
        rows.update(state=State.READY, begun_at=None)
        raise
    state = State.READY if run.outcome in {SyncRun.Outcome.FAILED, SyncRun.Outcome.LOST} else State.APPLIED
    rows.update(state=state, begun_at=None, run=run, figures=preview.figures | {"outcomes": _outcomes(preview)})
    logger.info("Preview %d of %s was applied by run %d: %s", preview.pk, preview.gateway, run.pk, run.outcome)
    return run


def withdraw(preview: StoredPreview) -> None:
    """Cancel the request to apply a preview, if no worker has begun."""
    waiting = StoredPreview.objects.filter(pk=preview.pk, state=State.APPLYING, begun_at=None)
    waiting.update(state=State.READY)


def _outcomes(preview: StoredPreview) -> dict[str, int]:
    counts = preview.changes.exclude(outcome="").order_by().values_list("outcome").annotate(Count("pk"))
    return dict(counts)
