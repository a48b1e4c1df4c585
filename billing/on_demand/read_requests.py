"""The queue of services to read on demand: for a customer who has paid, for an operator, or because WHMCS told of it.

A request is a row before a worker is woken, so a lost message can't lose it. Whoever holds the gateway's lease acts
on it: a run that is under way between two of its steps (`billing.steps.one_service`), or else a run of its own.
"""

from datetime import datetime, timedelta

from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from billing.models import ReadRequest, SyncRun
from billing.on_demand import payment_checks

AGAIN_AFTER = timedelta(seconds=10)
# WHMCS calls some hooks before it stores the change (`integrations/whmcs/README.md`), so the service is read again.
LOOKS_AGAIN_AFTER = (timedelta(seconds=3), timedelta(seconds=30), timedelta(minutes=2))
# After that, the next full reading is soon enough.
MOST_TRIES = 3
AT_A_TIME = 10
_READ = {SyncRun.Outcome.COMPLETE, SyncRun.Outcome.HELD}


def enqueue(gateway_id: int, service_id: int, *, trigger: str, at: datetime) -> None:
    """Store a request. If one waits for this service already, it now asks for a reading after `at`."""
    read_request = ReadRequest(gateway_id=gateway_id, service_id=service_id, trigger=trigger, asked_at=at, due_at=at)
    ReadRequest.objects.bulk_create(
        [read_request],
        update_conflicts=True,
        unique_fields=["gateway", "service_id"],
        update_fields=["trigger", "asked_at", "tries", "looks", "due_at"],
    )


def load_due(gateway_id: int, now: datetime, *, beside: bool = False) -> list[ReadRequest]:
    """The next few due requests of a gateway, oldest first; one query.

    With `beside` (for a running run), also those that may not start a run of their own.
    """
    due = ReadRequest.objects.filter(due_at__lte=now, gateway_id=gateway_id)
    return list((due if beside else _may_begin(due))[:AT_A_TIME])


def load_gateways(now: datetime) -> list[int]:
    """The gateways with a due request; one query."""
    due = _may_begin(ReadRequest.objects.filter(due_at__lte=now))
    return list(due.order_by().values_list("gateway_id", flat=True).distinct())


def next_due(gateway_id: int) -> datetime | None:
    """When the first request of a gateway is due; one query."""
    waiting = _may_begin(ReadRequest.objects.filter(gateway_id=gateway_id)).order_by()
    first: datetime | None = waiting.aggregate(first=Min("due_at"))["first"]
    return first


def finish_or_retry(read_request: ReadRequest, run: SyncRun | None) -> None:
    """Settle a request after `run` has read the service or failed to (None: unexpected error).

    If the service was requested again meanwhile, the new request stays.
    """
    is_read, now = run is not None and run.outcome in _READ, timezone.now()
    mine = ReadRequest.objects.filter(pk=read_request.pk, asked_at=read_request.asked_at)
    if is_read and _is_too_early(read_request, run):
        mine.update(looks=read_request.looks + 1, due_at=now + LOOKS_AGAIN_AFTER[read_request.looks])
    elif is_read or read_request.tries + 1 >= MOST_TRIES:
        mine.delete()
    else:
        mine.update(tries=read_request.tries + 1, due_at=now + AGAIN_AFTER)
    gateway_id, service_id = read_request.gateway_id, read_request.service_id
    payment_checks.end(gateway_id, service_id, asked_until=read_request.asked_at, is_read=is_read)


def discard_all(gateway_id: int) -> None:
    """Drop all requests of a paused gateway. It will be read completely when it is resumed."""
    for read_request in ReadRequest.objects.filter(gateway_id=gateway_id):
        read_request.delete()
        payment_checks.end(gateway_id, read_request.service_id, asked_until=read_request.asked_at, is_read=False)


def end_by_whole_reading(gateway_id: int, *, began_at: datetime) -> None:
    """Drop what WHMCS told before `began_at`, when a full reading began."""
    told = ReadRequest.objects.filter(gateway_id=gateway_id, trigger=SyncRun.Trigger.HOOK, asked_at__lt=began_at)
    # Check first, so that a run without trouble writes nothing but its own row.
    if told.exists():
        told.delete()


def _may_begin(waiting: QuerySet[ReadRequest]) -> QuerySet[ReadRequest]:
    """Leave out what WHMCS told before the first complete reading, because the product code may still be wrong."""
    return waiting.exclude(Q(trigger=SyncRun.Trigger.HOOK) & Q(gateway__confirmed_at=None))


def _is_too_early(read_request: ReadRequest, run: SyncRun | None) -> bool:
    """Whether WHMCS told of a change that `run` has not seen yet, and the service is to be read again."""
    is_news = run is not None and (run.created or run.changed or run.held or run.failed)
    is_told = read_request.trigger == SyncRun.Trigger.HOOK
    return is_told and not is_news and read_request.looks < len(LOOKS_AGAIN_AFTER)
