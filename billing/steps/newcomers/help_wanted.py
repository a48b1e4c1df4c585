"""Help for a long import: the run reads the list from its start, helpers from its end, until they meet.

The run does not rely on helpers: it reads the whole list itself and provisions every purchase that has no company yet.
So a helper that is killed or hangs costs only time, two helpers with the same part do nothing twice
(`provision_unlocked`), and a lost message only delays help until the next tick.
"""

from datetime import datetime

from celery import current_app
from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from billing.models import ImportHelper, RunRecord, SyncRun
from billing.steps.clients.pace import MOST_CALLS
from billing.steps.run.context import Context

MOST_HELPERS = 3
CALLS_OF_A_HELPER = MOST_CALLS // (MOST_HELPERS + 1)
# If fewer services are left, help is not worth its cost.
WORTH_HELP = 500


class HelpWanted:
    """The run's side: call `look` whenever the run gives way, and `settle` at the end of the list."""

    def __init__(self) -> None:
        self._is_wanted = False
        self._spent = 0.0

    def look(self, context: Context) -> None:
        """Ask for help if much is left to do; then share the limits of calls and of failed calls with the helpers."""
        if self._is_wanted:
            self._share(context)
        elif _is_worth(context):
            self._is_wanted = True
            _ask(context)

    def settle(self, context: Context) -> None:
        """Stop the help, and count what helpers created as created: the run itself counted it as unchanged."""
        if not self._is_wanted:
            return
        report = context.report
        with context.lease.writing():
            SyncRun.objects.filter(pk=report.run.pk).update(help_from=None)
        created = report.run.records.filter(result=RunRecord.Result.CREATED).values_list("service_id", "company_id")
        theirs = {service: company for service, company in created if company not in context.found.opened}
        report.tally.count("created", len(theirs))
        report.tally.uncount(sum(service in context.seen for service in theirs if service is not None))
        context.progress.helped = 0
        context.found.opened.update(company for company in theirs.values() if company is not None)

    def _share(self, context: Context) -> None:
        run = context.report.run
        helpers = list(ImportHelper.objects.filter(run=run).values_list("until", "spent"))
        now = timezone.now()
        at_work = sum(until is not None and until > now for until, _ in helpers)
        context.preparation.pace.most = MOST_CALLS - CALLS_OF_A_HELPER * at_work
        spent = sum(spent for _, spent in helpers)
        context.client.spend(spent - self._spent)
        self._spent = spent
        own = context.report.tally.counts["created"]
        context.progress.helped = max(0, run.records.filter(result=RunRecord.Result.CREATED).count() - own)


def load_wanted(now: datetime) -> list[int]:
    """Runs with a free place for a helper; one query."""
    free = Q(helpers__until=None) | Q(helpers__until__lte=now)
    wanted = SyncRun.objects.filter(free, outcome=SyncRun.Outcome.RUNNING, help_from__gt=F("seen"))
    return list(wanted.order_by().values_list("pk", flat=True).distinct())


def send(run_id: int) -> None:
    """Wake a worker, if there is a broker. The message expires if no worker is free soon."""
    try:
        current_app.send_task("billing.tasks.help_import", (run_id,), expires=30)
    except BrokerError:
        return


def _is_worth(context: Context) -> bool:
    left = (context.progress.expected or 0) - context.progress.read
    may_be = bool(settings.REDIS_URL) and context.may_be_helped and context.is_ordinary
    return may_be and bool(context.preparation.backlog) and left >= WORTH_HELP


def _ask(context: Context) -> None:
    run = context.report.run
    with context.lease.writing():
        ImportHelper.objects.bulk_create([ImportHelper(run=run, place=place) for place in range(MOST_HELPERS)])
        SyncRun.objects.filter(pk=run.pk).update(
            help_from=context.progress.expected, fence=context.lease.fence, seen=context.progress.read
        )
    for _ in range(MOST_HELPERS):
        send(run.pk)
