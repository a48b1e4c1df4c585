"""Reads one service, also out of turn: between two steps of a full run, for somebody who waits.

A reading out of turn is a run of its own with its own records, under the lease and the call budget of the full run.
"""

import logging

from django.utils import timezone

from billing.errors import BillingError, SnapshotIncomplete, UnsafeChangeSet
from billing.models import ReadRequest, Subscription, SyncRun, WhmcsGateway
from billing.on_demand import read_requests
from billing.runs.unexpected import last_word
from billing.steps.finish.ending import close_failed, close_run, conclude, fail, outcome_of
from billing.steps.losses.closing import settle_losses
from billing.steps.pages.page import apply_page
from billing.steps.run.beginning import begin
from billing.steps.run.context import Context
from billing.steps.run.report import Report
from billing.steps.safeguards.clock import ensure_clocks_agree
from billing.whmcs import Page

logger = logging.getLogger(__name__)


def read_one(context: Context, service_id: int) -> SyncRun.Outcome:
    """Read one service and do everything that follows from it. `context` must be begun with `is_whole=False`."""
    try:
        page = context.client.fetch_service(service_id)
        _drop_other_products(context.gateway, page)
        apply_page(context, page)
        ensure_clocks_agree(context)
    except (SnapshotIncomplete, UnsafeChangeSet) as error:
        context.doubt(error)
    settle_losses(context)
    conclude(context)
    return outcome_of(context)


def _drop_other_products(gateway: WhmcsGateway, page: Page) -> None:
    """Drop unknown services of other products: an id may name any service. Known ones are followed to their product."""
    others = {row.service_id for row in page.rows if row.product_id != gateway.product_code}
    if others:
        known = Subscription.objects.filter(gateway=gateway, service_id__in=others)
        others -= set(known.values_list("service_id", flat=True))
        page.keep([row for row in page.rows if row.service_id not in others])


def serve(context: Context) -> None:
    """Read the services that somebody waits for; see `Context.give_way`."""
    for read_request in read_requests.load_due(context.gateway.pk, timezone.now(), beside=True):
        read_requests.finish_or_retry(read_request, _read_beside(context, read_request))
        context.lease.keep()


def _read_beside(context: Context, read_request: ReadRequest) -> SyncRun:
    run = SyncRun.objects.create(gateway=context.gateway, trigger=read_request.trigger)
    report = Report(run)
    calls_before = context.client.api_calls
    try:
        beside = begin(context.gateway, context.client, context.lease, report, is_whole=False)
        try:
            outcome = read_one(beside, read_request.service_id)
        finally:
            beside.preparation.close()
            if beside.seen:
                _take_over(context, read_request.service_id, beside)
        report.api_calls = context.client.api_calls - calls_before
        close_run(report, outcome)
    except BillingError as error:
        fail(report, context.lease, error)
    except Exception as error:
        logger.exception("Service %d of %s", read_request.service_id, context.gateway)
        close_failed(report, context.lease, last_word(error))
    return run


def _take_over(context: Context, service_id: int, beside: Context) -> None:
    """Drop what this run knew of a service, because `beside` has read it since and acted upon it."""
    context.out_of_turn.read.add(service_id)
    context.found.opened |= beside.found.opened
    context.report.tally.count("unchanged", context.found.drop_losses(service_id))
    context.report.raised.take_over(str(service_id), beside.report.raised)
