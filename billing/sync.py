"""One sync of one gateway, from start to end.

For each page, the run decides on what is new and applies the good news at once. At the end it asks for absent services
one by one, then weighs all losses of access and reads each a second time. It lists everything that it did not do.
"""

import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from billing.errors import BillingError, GatewayPaused, RunInProgress, SnapshotIncomplete, UnsafeChangeSet
from billing.models import ReadRequest, SyncRun, WhmcsGateway
from billing.on_demand import read_requests
from billing.recovery import pauses, watermark
from billing.runs import stopping
from billing.runs.lease import Lease, claim
from billing.runs.log_context import about_gateway, note_run
from billing.runs.schedule import budget_for, keep_spent, schedule_after, schedule_next
from billing.runs.unexpected import last_word
from billing.steps.applied.accounting import account_for
from billing.steps.finish.ending import close_failed, close_run, conclude, fail, hand_over, outcome_of
from billing.steps.finish.refresh import refresh_contacts
from billing.steps.losses.closing import settle_losses
from billing.steps.losses.overdue import gather_overdue
from billing.steps.newcomers.help_wanted import HelpWanted
from billing.steps.newcomers.pipeline import provision_rest
from billing.steps.newcomers.purchases import EndOfList
from billing.steps.one_service import read_one, serve
from billing.steps.pages.absence import follow_moved, settle_absent
from billing.steps.pages.page import apply_waiting, read_page
from billing.steps.pages.unreadable import ensure_readable
from billing.steps.run.beginning import begin
from billing.steps.run.context import Context, Limit
from billing.steps.run.progress import Watch
from billing.steps.run.report import Report
from billing.steps.safeguards.clock import ensure_clocks_agree
from billing.steps.safeguards.first_import import ensure_expected, is_first_import
from billing.whmcs import CallBudget, Listing, Page, ReadAhead

logger = logging.getLogger(__name__)
Outcome = SyncRun.Outcome


class _Order(NamedTuple):
    """The arguments of `sync_gateway`."""

    trigger: SyncRun.Trigger
    service_id: int | None = None
    limit: Limit | None = None
    watch: Watch | None = None

    @property
    def is_ordinary(self) -> bool:
        """Whether the run reads the whole gateway and may do everything that it finds to do."""
        return self.service_id is None and self.limit is None


def sync_gateway(
    gateway: WhmcsGateway, *, trigger: SyncRun.Trigger, service_id: int | None = None, limit: Limit | None = None,
    watch: Watch | None = None,
) -> SyncRun:  # fmt: skip
    """Read a gateway and update our companies to match it; returns the finished run.

    With `service_id` only that service is read; with `limit` the run does only what a preview shows. `watch` is told
    every few seconds how far the run is. Raises RunInProgress if another run is at the gateway, and GatewayPaused while
    an operator has to resume the gateway first; a BillingError in the run itself is stored in the run, any other
    exception is stored and raised again. Services that somebody waits for are read after it. If the worker is asked to
    end, an ordinary run ends early, and the next one begins at once.
    """
    run = _sync(gateway, _Order(trigger, service_id, limit, watch))
    with suppress(RunInProgress, GatewayPaused):
        read_requested_services(gateway)
    return run


def read_requested_services(gateway: WhmcsGateway) -> int:
    """Read the services that somebody waits for (`billing.on_demand`), each in a run of its own; returns how many.

    Raises RunInProgress if another run is at the gateway: that run reads them, between two steps or at its end.
    If the gateway is paused, drops the requests and raises GatewayPaused.
    """
    count = 0
    try:
        while due := read_requests.load_due(gateway.pk, timezone.now()):
            count += 1
            _read_requested_service(gateway, due[0])
    except GatewayPaused:
        read_requests.discard_all(gateway.pk)
        raise
    return count


def _read_requested_service(gateway: WhmcsGateway, read_request: ReadRequest) -> None:
    try:
        run = _sync(gateway, _Order(SyncRun.Trigger(read_request.trigger), read_request.service_id))
    except BillingError:
        raise  # no run was started
    except Exception:
        read_requests.finish_or_retry(read_request, None)  # so that the next reader takes the other requests first
        raise
    read_requests.finish_or_retry(read_request, run)


def _sync(gateway: WhmcsGateway, order: _Order) -> SyncRun:
    """Make one run under the gateway's lease, and store how it ended, whatever happens."""
    pauses.ensure_not_paused(gateway)
    with about_gateway(gateway.name), claim(gateway) as lease:
        run = _begin(gateway, lease, order)
        report = Report(run, order.watch)
        budget, failure = budget_for(gateway, order.trigger), None
        try:
            close_run(report, _read(gateway, order, lease, report, budget))
        except BillingError as error:
            failure = error
            fail(report, lease, error)
        except stopping.AskedToEnd:
            hand_over(report, lease)
            return run
        except Exception as error:
            close_failed(report, lease, last_word(error))
            raise
        if order.is_ordinary:
            schedule_after(run, lease, budget, failure)
        else:
            keep_spent(run, lease, budget)
        logger.info("%s: %s, %d seen, %d created, %d changed", gateway, run.outcome, run.seen, run.created, run.changed)
    return run


def _begin(gateway: WhmcsGateway, lease: Lease, order: _Order) -> SyncRun:
    """Create the row of a new run. Close older running ones: they lost the lease, so nobody else will."""
    gateway.refresh_from_db()  # another run may have changed it since it was loaded
    watermark.raise_marks({gateway.uid: lease.fence})
    lost = SyncRun.objects.running().filter(gateway=gateway)
    lost.update(outcome=Outcome.LOST, finished_at=timezone.now())
    if order.is_ordinary:
        # However this run was started, the schedule must not start another one right after it.
        schedule_next(gateway)
    run = SyncRun.objects.create(gateway=gateway, trigger=order.trigger)
    note_run(run.pk)
    return run


def _read(gateway: WhmcsGateway, order: _Order, lease: Lease, report: Report, budget: CallBudget) -> SyncRun.Outcome:
    """Read what the order asks for and act upon it; returns the outcome."""
    with gateway.client(budget) as client:
        context = begin(gateway, client, lease, report, is_whole=order.service_id is None, limit=order.limit)
        try:
            if order.service_id is not None:
                return read_one(context, order.service_id)
            return _run_all(context)
        finally:
            context.preparation.close()
            report.api_calls = client.api_calls


def _run_all(context: Context) -> SyncRun.Outcome:
    """Read the whole list, the services absent from it, and some contacts. Then act on what the reading proves."""
    try:
        _read_listing(context)
        settle_absent(context)
        if context.is_ordinary:
            refresh_contacts(context)
    except (SnapshotIncomplete, UnsafeChangeSet) as error:
        context.doubt(error)
        follow_moved(context)
    except BillingError as error:
        context.doubt(error)
        gather_overdue(context)  # a company with another paid service is opened even while WHMCS fails
        raise
    gather_overdue(context)
    if context.left_out:
        context.is_whole = False  # a run that left out changes proves nothing about the whole
    settle_losses(context)
    conclude(context)
    if context.limit is not None:
        account_for(context, context.limit.preview_id)
    return outcome_of(context)


def _read_listing(context: Context) -> None:
    """Read the whole list and apply the good news. Raises SnapshotIncomplete if not all of it could be read."""
    with ReadAhead(context.client, in_flight=settings.WHMCS_PAGES_IN_FLIGHT) as source:
        listing = Listing(source, product_id=context.gateway.product_code)
        pages = _timed(context, listing)
        help_wanted = HelpWanted()
        context.out_of_turn.serve = (serve, EndOfList().look, help_wanted.look)
        try:
            if is_first_import(context.gateway):
                pages, context.waiting.expects_newcomers = ensure_expected(context, pages), True
            for page in pages:
                context.go_on()
                read_page(context, page)
                context.give_way()
        finally:
            # Even after an error, what was read before it is true.
            apply_waiting(context)
            provision_rest(context)
            help_wanted.settle(context)
    context.out_of_turn.serve = (serve,)
    ensure_clocks_agree(context)
    listing.ensure_complete()
    ensure_readable(context)


def _timed(context: Context, listing: Listing) -> Iterator[Page]:
    """Yield the pages of a listing; record how long each takes to arrive and how many services there are."""
    pages = iter(listing)
    while True:
        with context.progress.phase("fetch"):
            page = next(pages, None)
        context.progress.read, context.progress.expected = listing.seen, listing.last_total
        if page is None:
            return
        yield page
