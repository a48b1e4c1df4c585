"""A helper of a long import (`billing.steps.newcomers.help_wanted`): it works for a while from the end of the list."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from billing.errors import BillingError, LeaseLost
from billing.models import ImportHelper, SyncRun, WhmcsGateway
from billing.reconcile import Action
from billing.runs import stopping
from billing.runs.lease import Lease
from billing.steps.changes.deciding import observe_and_decide
from billing.steps.changes.write import write_in_groups
from billing.steps.clients.details import Newcomer
from billing.steps.newcomers.help_wanted import CALLS_OF_A_HELPER
from billing.steps.newcomers.pipeline import AT_A_TIME, MOST_UNDER_WAY, open_unlocked
from billing.steps.run.beginning import begin
from billing.steps.run.context import Context
from billing.steps.run.report import Report
from billing.whmcs import CallBudget, Page
from companies.database.broken import BROKEN, let_go_of_broken

# How long one task helps. Then it queues itself again, so that other tasks get their turn.
SECONDS = 30.0
PART = 100
PLACE_IS_KEPT = timedelta(minutes=1)
# Failed calls after which a helper gives up and leaves the rest to the run.
MAY_FAIL = 5.0
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class HelpersLease(Lease):
    """The right to write as long as the helped run holds the gateway's lease and still wants help.

    A helper never extends that lease, because a dead run must not look alive.
    """

    run_id: int

    def extend(self) -> None:
        self.ensure_held()

    def keep(self) -> None:
        """Do nothing: the lease is the run's."""

    @contextmanager
    def writing(self) -> Iterator[None]:
        with transaction.atomic():
            # A run that takes over has to wait for this lock until this transaction is committed.
            WhmcsGateway.objects.select_for_update().filter(pk=self.gateway_id).values_list("pk").first()
            self.ensure_held()
            yield

    def ensure_held(self) -> None:
        """Raise LeaseLost if the run has ended, has lost its lease, or wants no more help."""
        held = Q(gateway__lease_fence=self.fence, gateway__lease_until__gt=timezone.now())
        runs = SyncRun.objects.running().filter(held, pk=self.run_id)
        if not runs.filter(help_from__isnull=False).exists():
            raise LeaseLost


def help_run(run_id: int) -> bool:
    """Help a run for a while; True if there may be more to do. If all places are taken, do nothing."""
    run = SyncRun.objects.running().select_related("gateway").filter(pk=run_id).first()
    if run is None or run.help_from is None or run.fence is None:
        return False
    place = _take_place(run)
    if place is None:
        return False
    budget = CallBudget(MAY_FAIL, most=MAY_FAIL)
    lease = HelpersLease(run.gateway_id, run.fence, timezone.now(), run.pk)
    try:
        is_more = _help(run, lease, budget, place)
    except (LeaseLost, stopping.AskedToEnd):
        return False
    except BillingError as error:
        logger.info("%s: no help for run %d now: %s", run.gateway, run.pk, error)
        return False
    except BROKEN:
        let_go_of_broken()  # else the place could not be freed below
        raise
    finally:
        # If calls failed, the place stays taken until it expires, so that no other helper starts meanwhile.
        spent = MAY_FAIL - budget.left
        until = F("until") if spent else None
        ImportHelper.objects.filter(pk=place.pk, until=place.until).update(until=until, spent=F("spent") + spent)
    return is_more and not spent


def _help(run: SyncRun, lease: HelpersLease, budget: CallBudget, place: ImportHelper) -> bool:
    ends_at = time.monotonic() + SECONDS
    with run.gateway.client(budget) as client:
        context = begin(run.gateway, client, lease, Report(run))
        context.preparation.pace.most = CALLS_OF_A_HELPER
        try:
            while time.monotonic() < ends_at:
                stopping.ensure_may_go_on()
                start = _take_part(run.pk)
                if start is None or not _keep_place(place):
                    return False
                page = client.fetch_products(product_id=run.gateway.product_code, limitstart=start, limitnum=PART)
                _add(context, page)
                _write_until(context, MOST_UNDER_WAY)
            return True
        finally:
            _write_until(context, 0)
            context.preparation.close()


def _add(context: Context, page: Page) -> None:
    decisions = observe_and_decide(context.gateway, page.rows, context.policy, context.at)
    newest_first = [decision for decision in reversed(decisions) if decision.action is Action.PROVISION]
    context.preparation.add(newest_first, page.first_password)


def _write_until(context: Context, few: int) -> None:
    """Write prepared newcomers until `few` are left. Those with errors are left to the run, which reports them."""
    while context.preparation.backlog > few:
        ready = [one for one in context.preparation.take(AT_A_TIME) if isinstance(one, Newcomer)]
        write_in_groups(
            context.lease,
            context.report,
            ready,
            lambda group: open_unlocked(context, group),
            lambda newcomer, error: logger.info("Left to the run: %s", type(error).__name__),
        )


def _take_part(run_id: int) -> int | None:
    """The start of the next part, taken from the end of the list; None if the run has reached it or wants no help."""
    while True:
        wanted = SyncRun.objects.filter(pk=run_id, outcome=SyncRun.Outcome.RUNNING, help_from__gt=F("seen"))
        end = wanted.values_list("help_from", flat=True).first()
        if end is None:
            return None
        start = max(0, end - PART)
        # Compare-and-set: only one of the helpers that saw this end takes the part.
        if wanted.filter(help_from=end).update(help_from=start):
            return start


def _take_place(run: SyncRun) -> ImportHelper | None:
    now = timezone.now()
    free = Q(until=None) | Q(until__lte=now)
    for place in ImportHelper.objects.filter(free, run=run).order_by("place"):
        if ImportHelper.objects.filter(free, pk=place.pk, until=place.until).update(until=now + PLACE_IS_KEPT):
            place.until = now + PLACE_IS_KEPT
            return place
    return None


def _keep_place(place: ImportHelper) -> bool:
    """Extend the place; False if another helper has taken it meanwhile."""
    until = timezone.now() + PLACE_IS_KEPT
    is_mine = bool(ImportHelper.objects.filter(pk=place.pk, until=place.until).update(until=until))
    place.until = until
    return is_mine
