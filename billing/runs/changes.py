"""What a run changed about companies, read from the companies' events.

It is not stored a second time as records of the run: at the turn of a month that would be a row for every company. Only
runs of version 0.2 have such records.
"""

from django.db.models import QuerySet

from billing.models import RunRecord, SyncRun
from billing.reconcile import Action
from billing.wording import reasons
from companies.events import Code
from companies.models import Event

_ACTIONS: dict[str, Action] = {Code.REOPENED: Action.REOPEN, Code.BILLING_CHANGED: Action.UPDATE}


def changes_of(run: SyncRun) -> QuerySet[Event]:
    """The events of a run by company, in the order of an index."""
    return Event.objects.filter(reading=run.pk).select_related("company").order_by("company_id", "pk")


def as_record(event: Event, run: SyncRun) -> RunRecord:
    """An event of a run as an unsaved record, with only the values that changed."""
    return RunRecord(
        run=run, result=RunRecord.Result.CHANGED, code=_ACTIONS.get(event.code, event.code),
        service_id=service_of(event), company=event.company, before=event.before, after=event.after,
        reason=event.reason,
    )  # fmt: skip


def service_of(event: Event) -> int | None:
    """The number of the service that caused the event, from its reason."""
    for reason in (reasons.SAID_BEFORE, reasons.SAID):
        if values := reason.read(event.reason):
            return int(values["number"])
    return None
