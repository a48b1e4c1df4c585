"""Ends a run: stores what only a finished run can conclude, or why the run could not go on."""

import logging

from django.utils import timezone

from billing.errors import BillingError, LeaseLost
from billing.models import AttentionItem, SyncRun, WhmcsGateway
from billing.on_demand import read_requests
from billing.recovery import pauses
from billing.runs.lease import Lease
from billing.runs.unexpected import LastWord
from billing.steps.finish.silent_hook import note_silence
from billing.steps.finish.solved import close_solved
from billing.steps.losses.closing import conclude_evidence_unlocked
from billing.steps.pages.unreadable import report_nameless
from billing.steps.run.context import Context
from billing.steps.run.policy import policy_fingerprint
from billing.steps.run.report import Report
from billing.steps.safeguards import holding

logger = logging.getLogger(__name__)
Outcome = SyncRun.Outcome


def conclude(context: Context) -> None:
    """Close solved attention items and, after a reading that proves something, store when everything was confirmed."""
    gateway, report, at = context.gateway, context.report, context.at

    def was_read(service_id: int) -> bool:
        return service_id in context.seen and service_id not in context.left_out

    note_silence(context)
    report_nameless(context)
    with context.lease.writing():
        report.flush()
        if context.proves:
            holding.close_decided(gateway, at=at)
        # Only after closing held changes: an item about them is solved when none of them waits for an answer.
        close_solved(report.raised, was_read=was_read, is_all=context.proves, at=at, is_whole=context.is_whole)
        if context.proves:
            fingerprint = policy_fingerprint(gateway, context.policy)
            conclude_evidence_unlocked(context)
            reset = {"lost_one_by_one": 0} if context.is_ordinary and not context.is_held else {}
            WhmcsGateway.objects.filter(pk=gateway.pk).update(confirmed_at=at, decided_with=fingerprint, **reset)
            pauses.end_by_reading(gateway, began_at=at)
            read_requests.end_by_whole_reading(gateway.pk, began_at=at)


def outcome_of(context: Context) -> SyncRun.Outcome:
    """The outcome of a run that reached its end."""
    counts = context.report.tally.counts
    if context.is_held:
        return Outcome.HELD
    if context.report.is_doubted or counts["failed"]:
        return Outcome.PARTIAL
    return Outcome.HELD if counts["held"] else Outcome.COMPLETE


def close_run(report: Report, outcome: SyncRun.Outcome) -> None:
    """Write what the report still holds, and store the run's outcome and counts."""
    report.flush()
    report.progress.end()
    run, counts = report.run, report.tally.counts
    run.outcome, run.finished_at, run.api_calls = outcome, timezone.now(), report.api_calls
    run.error_code, run.error, run.error_params = report.error or ("", "", {})
    run.fence = run.help_from = None
    run.created, run.changed = counts["created"], counts["changed"]
    run.unchanged, run.held, run.failed = counts["unchanged"], counts["held"], counts["failed"]
    run.seen = report.tally.seen
    run.attention = AttentionItem.objects.waiting().filter(gateway=run.gateway).count()
    run.save()


def fail(report: Report, lease: Lease, error: BillingError) -> None:
    """End a run that could not go on: store the error in the run, and keep one attention item until a run succeeds."""
    logger.warning("%s: %s", report.run.gateway, error)
    report.doubt(error)
    close_failed(report, lease, LastWord.of(error))


def close_failed(report: Report, lease: Lease, error: LastWord) -> None:
    """Close a run that failed with `error`, even if the report holds an earlier doubt."""
    report.error = error
    _close_early(report, lease, Outcome.FAILED)


def hand_over(report: Report, lease: Lease) -> None:
    """End a run early and make the gateway due, so that another worker reads it again at once.

    What was applied stays. This is no failure: it raises no attention item and no backoff grows.
    """
    _close_early(report, lease, Outcome.LOST)
    mine = WhmcsGateway.objects.filter(pk=lease.gateway_id, lease_fence=lease.fence)
    mine.update(next_sync_at=timezone.now())


def _close_early(report: Report, lease: Lease, outcome: SyncRun.Outcome) -> None:
    try:
        with lease.writing():
            close_run(report, outcome)
    except LeaseLost:
        # Another run took over the gateway; this run may only close its own row now.
        still_running = SyncRun.objects.running().filter(pk=report.run.pk)
        still_running.update(outcome=Outcome.LOST, finished_at=timezone.now())
        report.run.refresh_from_db()
