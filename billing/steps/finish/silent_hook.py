"""Notices that WHMCS's hook has stopped: scheduled runs find changes that it should have reported.

Only a run that found something checks this, so a run that found nothing costs no query.
"""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from billing.hooks.refused import KEEPS_COMING
from billing.hooks.secrets import load_hook
from billing.hooks.silence import LOOKS_BACK, has_stopped, silent_since
from billing.models import Kind, RunRecord, SyncRun, WhmcsGateway
from billing.reconcile import Action
from billing.steps.run.context import Context
from companies.access import Status
from companies.models import Event

_GOOD_NEWS = (Action.PROVISION, Action.REOPEN, Action.UPDATE)


def note_silence(context: Context) -> None:
    """Raise an item if instant updates have stopped. If the hook's calls are refused, another item already says so."""
    counts, now = context.report.tally.counts, timezone.now()
    if context.report.run.trigger != SyncRun.Trigger.SCHEDULE or not (counts["created"] or counts["changed"]):
        return
    hook = load_hook(context.gateway)
    if hook is None or hook.heard_at is None or hook.refused_count >= KEEPS_COMING:
        return
    since = silent_since(hook.heard_at, hook.secret_set_at, now=now)
    if since is None:
        return
    days = _load_days_with_changes(context.gateway, after=max(since, now - LOOKS_BACK))
    if has_stopped(days):
        params = {"heard": hook.heard_at.isoformat(), "days": str(len(days))}
        context.note(Kind.HOOK_SILENT, "hook", params)


def _load_days_with_changes(gateway: WhmcsGateway, *, after: datetime) -> set[date]:
    """The days on which earlier scheduled runs found changes that the hook reports.

    Only changes to Active count: WHMCS calls no hook for some endings, such as an order that is set to Fraud.
    """
    new = RunRecord.objects.filter(code__in=_GOOD_NEWS, after__status=Status.ACTIVE.value)
    # An event holds the status only if it changed.
    changed = Event.objects.filter(Q(after__status=Status.ACTIVE.value) | Q(after__status__isnull=True))
    found = Exists(new.filter(run=OuterRef("pk"))) | Exists(changed.filter(reading=OuterRef("pk")))
    runs = gateway.runs.filter(Q(created__gt=0) | Q(changed__gt=0), trigger=SyncRun.Trigger.SCHEDULE)
    days = runs.filter(found, started_at__gt=after).order_by().annotate(day=TruncDate("started_at"))
    return set(days.values_list("day", flat=True).distinct())
