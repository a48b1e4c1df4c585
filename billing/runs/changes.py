"""What runs changed about companies, as the companies' own events tell it.

It is written nowhere else: at the turn of a month it is a line about every company. What runs of 0.2 changed stands
among their records.
"""

from django.db.models import QuerySet

from billing.models import RunRecord, SyncRun
from billing.reconcile import Action
from billing.wording import reasons
from companies.events import Code
from companies.models import Event

_ACTIONS: dict[str, Action] = {Code.REOPENED: Action.REOPEN, Code.BILLING_CHANGED: Action.UPDATE}


def changes_of(run: SyncRun) -> QuerySet[Event]:
    """The events of a run, company by company, as an index holds them."""
    return Event.objects.filter(reading=run.pk).select_related("company").order_by("company_id", "pk")


def as_record(event: Event, run: SyncRun) -> RunRecord:
    """An event of a run in the form of a record, not to be saved. It holds only what has changed."""
    return RunRecord(
        run=run, result=RunRecord.Result.CHANGED, code=_ACTIONS.get(event.code, event.code),
        service_id=service_of(event), company=event.company, before=event.before, after=event.after,
        reason=event.reason,
    )  # fmt: skip


def service_of(event: Event) -> int | None:
    """The service that led to it, whose number its reason names."""
    for reason in (reasons.SAID_BEFORE, reasons.SAID):
        if values := reason.read(event.reason):
            return int(values["number"])
    return None
