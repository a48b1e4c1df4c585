"""One sync of one gateway, from top to bottom.

Page after page: what is new is decided and the good news is applied at once. At the end: what would take access
away is weighed and read a second time, and what is absent is asked for. Everything that was not done is listed.
"""

import logging
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_noop

from billing import pauses, reasons, watermark
from billing.errors import BillingError, LeaseLost, SnapshotIncomplete, UnsafeChangeSet
from billing.models import SyncRun, WhmcsGateway
from billing.steps import attention, holding
from billing.steps.absence import settle_absent
from billing.steps.accounting import account_for
from billing.steps.clock import ensure_clocks_agree
from billing.steps.closing import conclude_evidence_unlocked, gather_overdue, settle_losses
from billing.steps.context import Context, Limit
from billing.steps.first_import import ensure_expected, is_first_import
from billing.steps.lease import Lease, claim
from billing.steps.page import apply_page, apply_waiting, read_page
from billing.steps.policy import load_policy, must_decide_all, policy_fingerprint
from billing.steps.prepare import Preparation
from billing.steps.refresh import refresh_contacts
from billing.steps.report import Report
from billing.steps.schedule import budget_for, keep_spent, schedule_after, schedule_next
from billing.steps.solved import close_solved
from billing.steps.unreadable import ensure_readable
from billing.whmcs import CallBudget, Listing, Page, WhmcsClient
from companies.events import Actor

logger = logging.getLogger(__name__)
Outcome = SyncRun.Outcome


def sync_gateway(
    gateway: WhmcsGateway, *, trigger: SyncRun.Trigger, service_id: int | None = None, limit: Limit | None = None
) -> SyncRun:
    """Read a gateway and bring everything here in line with it; returns the finished run.

    With `service_id` only that service is read, with `limit` only what a preview shows is done. Raises RunInProgress
    where another run is at it and GatewayPaused while an operator has to say go first; everything else ends up in the
    run.
    """
    pauses.ensure_not_paused(gateway)
    with claim(gateway) as lease:
        gateway.refresh_from_db()  # an earlier run may have moved its evidence on since it was loaded
        watermark.raise_marks({gateway.uid: lease.fence})
        SyncRun.objects.filter(gateway=gateway, outcome=Outcome.RUNNING).update(
            outcome=Outcome.LOST, finished_at=timezone.now()
        )
        is_ordinary = service_id is None and limit is None
        if is_ordinary:
            # Whoever told this run to begin, the clock need not tell another one right after it.
            schedule_next(gateway)
        run = SyncRun.objects.create(gateway=gateway, trigger=trigger)
        report = Report(run, attention.Raised(gateway))
        budget, failure = budget_for(gateway, trigger), None
        try:
            report.close(_read(gateway, lease, report, budget, service_id=service_id, limit=limit))
        except BillingError as error:
            failure = error
            _fail(report, lease, error)
        except Exception:
            _close_failed(report, lease, "unexpected", gettext_noop("See the log of this run."), {})
            raise
        if is_ordinary:
            schedule_after(run, lease, budget, failure)
        else:
            keep_spent(run, lease, budget)
    logger.info("%s: %s, %d seen, %d created, %d changed", gateway, run.outcome, run.seen, run.created, run.changed)
    return run


def _read(
    gateway: WhmcsGateway, lease: Lease, report: Report, budget: CallBudget, *, service_id: int | None,
    limit: Limit | None,
) -> SyncRun.Outcome:  # fmt: skip
    with gateway.client(budget) as client:
        context = _begin(gateway, client, lease, report)
        context.limit = limit
        try:
            return _run_all(context) if service_id is None else _run_one(context, service_id)
        finally:
            report.api_calls = client.api_calls


def _begin(gateway: WhmcsGateway, client: WhmcsClient, lease: Lease, report: Report) -> Context:
    policy = load_policy(gateway, began_at=timezone.now())
    return Context(
        gateway=gateway,
        client=client,
        lease=lease,
        policy=policy,
        report=report,
        actor=Actor(reasons.SYNC_RUN(number=report.run.pk)),
        preparation=Preparation(client, prefer_company_name=gateway.prefer_company_name),
        decide_all=must_decide_all(gateway, policy),
    )


def _run_all(context: Context) -> SyncRun.Outcome:
    try:
        _read_listing(context)
        settle_absent(context)
        if context.limit is None:
            refresh_contacts(context)
        gather_overdue(context)
    except (SnapshotIncomplete, UnsafeChangeSet) as error:
        context.doubt(error)
    # A run that left something out is no whole one.
    context.is_whole = context.limit is None or not context.limit.services
    settle_losses(context)
    _conclude(context)
    if context.limit is not None:
        account_for(context, context.limit.preview_id)
    return _outcome(context)


def _run_one(context: Context, service_id: int) -> SyncRun.Outcome:
    context.is_whole = False
    try:
        apply_page(context, context.client.fetch_service(service_id))
        ensure_clocks_agree(context)
    except (SnapshotIncomplete, UnsafeChangeSet) as error:
        context.doubt(error)
    settle_losses(context)
    _conclude(context)
    return _outcome(context)


def _read_listing(context: Context) -> None:
    """Read all there is, and apply the good news. Raises SnapshotIncomplete where that was not all, or not readable."""
    listing = Listing(context.client, product_id=context.gateway.product_code)
    pages = _timed(context, listing)
    try:
        for page in ensure_expected(context, pages) if is_first_import(context.gateway) else pages:
            context.go_on()
            read_page(context, page)
    finally:
        # Also where the reading ends with an error: what was read before it is true.
        apply_waiting(context)
    ensure_clocks_agree(context)
    listing.ensure_complete()
    ensure_readable(context)


def _timed(context: Context, listing: Listing) -> Iterator[Page]:
    """The pages of a listing, with the time that they take to come and how many services there are."""
    pages = iter(listing)
    while True:
        with context.report.phase("fetch"):
            page = next(pages, None)
        context.report.read, context.report.expected = listing.seen, listing.last_total
        if page is None:
            return
        yield page


def _conclude(context: Context) -> None:
    """What only the end can say: causes that are gone and, after a complete reading, how fresh all of it is."""
    gateway, report, at = context.gateway, context.report, context.at
    left_out = context.limit.services if context.limit else set()
    with context.lease.writing():
        report.flush()
        seen = None if context.proves else context.seen - left_out
        close_solved(report.raised, seen=seen, at=at, is_whole=context.is_whole)
        if context.proves:
            fingerprint = policy_fingerprint(gateway, context.policy)
            conclude_evidence_unlocked(context)
            holding.close_decided(gateway, at=at)
            WhmcsGateway.objects.filter(pk=gateway.pk).update(confirmed_at=at, decided_with=fingerprint)
            pauses.end_by_reading(gateway, began_at=at)


def _outcome(context: Context) -> SyncRun.Outcome:
    counts = context.report.counts
    if context.is_held:
        return Outcome.HELD
    if context.report.is_doubted or counts["failed"]:
        return Outcome.PARTIAL
    return Outcome.HELD if counts["held"] else Outcome.COMPLETE


def _fail(report: Report, lease: Lease, error: BillingError) -> None:
    """End a run that could not go on: named in the run, and listed once until a run succeeds."""
    logger.warning("%s: %s", report.run.gateway, error)
    report.doubt(error)
    _close_failed(report, lease, error.code.value, str(error), error.params)


def _close_failed(report: Report, lease: Lease, code: str, error: str, params: dict[str, str]) -> None:
    report.error_code, report.error, report.error_params = code, error, params
    try:
        with lease.writing():
            report.close(Outcome.FAILED)
    except LeaseLost:
        # Somebody took over, and all but the end of this run is theirs to write now.
        still_running = SyncRun.objects.filter(pk=report.run.pk, outcome=Outcome.RUNNING)
        still_running.update(outcome=Outcome.LOST, finished_at=timezone.now())
        report.run.refresh_from_db()
