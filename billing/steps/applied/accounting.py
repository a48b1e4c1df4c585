"""The outcome of each change of a preview after a run that applied it."""

from collections.abc import Iterator, Sequence
from typing import Any

from billing.models import Kind as Attention
from billing.models import PreviewedChange, RunRecord, SyncRun
from billing.reconcile import Observed
from billing.runs.changes import as_record, changes_of
from billing.steps.applied.lines import facts_as_json
from billing.steps.changes.observe import load_observed
from billing.steps.run.context import Context
from billing.steps.run.report import Entry
from billing.wording import reasons
from companies.access import decide_access
from companies.database.bulk import update_rows
from companies.events import Code
from companies.story import described

AT_A_TIME = 1000
Kind, Outcome = PreviewedChange.Kind, PreviewedChange.Outcome
# The outcome of a previewed change, by the code of the run's last record about the service. With any other code the
# service drifted.
_BY_CODE: dict[str, str] = {
    "provision": Outcome.APPLIED,
    "reopen": Outcome.APPLIED,
    "update": Outcome.APPLIED,
    Code.CLOSED_OVERDUE: Outcome.APPLIED,
    Attention.VANISHED: Outcome.APPLIED,
    Attention.LOSSES_HELD: Outcome.HELD,
    Attention.LOSS_UNCONFIRMED: Outcome.HELD,
    Attention.OTHER_WHMCS: Outcome.HELD,
    Attention.CLOCK_DIFFERS: Outcome.HELD,
    Outcome.BY_OPERATOR: Outcome.BY_OPERATOR,
}


def account_for(context: Context, preview_id: int) -> None:
    """Store the outcome of each previewed change; also record the changes that WHMCS no longer asks for.

    Call it after everything is written: it reads what the run did from its records and events, and the present state
    from our rows.
    """
    context.gateway.refresh_from_db(fields=["confirmed_at", "paused_at"])
    for changes in _in_groups(preview_id):
        with context.lease.writing():
            last_records = _load_last_records(context.report.run, changes)
            observed = load_observed(context.gateway, [c.service_id for c in changes if c.service_id], context.at)
            rows = [
                (c.pk, *_outcome_of(context, c, last_records.get(c.service_id), observed.get(c.service_id or 0)))
                for c in changes
            ]
            update_rows(PreviewedChange, ["outcome", "found"], rows)
            context.report.flush()


def _in_groups(preview_id: int) -> Iterator[list[PreviewedChange]]:
    last = 0
    changes = PreviewedChange.objects.filter(preview_id=preview_id, kind__in=PreviewedChange.CHANGES).order_by("pk")
    while group := list(changes.filter(pk__gt=last)[:AT_A_TIME]):
        yield group
        last = group[-1].pk


def _load_last_records(run: SyncRun, changes: Sequence[PreviewedChange]) -> dict[int | None, RunRecord]:
    """This run's last record about each service, or else its last change of the company."""
    changed = changes_of(run).filter(company__in={change.company_id for change in changes} - {None})
    records = RunRecord.objects.filter(run=run, service_id__in=[change.service_id for change in changes])
    last_records = [*(as_record(event, run) for event in changed), *records.order_by("pk")]
    return {record.service_id: record for record in last_records}


def _outcome_of(
    context: Context, change: PreviewedChange, record: RunRecord | None, observed: Observed | None
) -> tuple[str, dict[str, Any]]:
    """The outcome, and for a change that drifted the states before and after that the run found instead."""
    if record is not None and (record.code == Attention.VANISHED) == (change.kind == Kind.VANISHED):
        if record.result == RunRecord.Result.FAILED:
            return Outcome.FAILED, {}
        outcome = _BY_CODE.get(record.code, Outcome.DRIFTED)
        return outcome, {"before": record.before, "after": record.after} if outcome == Outcome.DRIFTED else {}
    if _is_in_effect(context, change, observed):
        return (Outcome.APPLIED if change.outcome == Outcome.APPLIED else Outcome.ALREADY), {}
    if _is_by_date(change) and not context.proves:
        return Outcome.LEFT, {}
    if context.report.is_doubted and change.service_id not in context.seen:
        return Outcome.LEFT, {}
    context.report.record(
        Entry(RunRecord.Result.HELD, Outcome.UNWANTED, change.service_id, change.company_id, reason=reasons.UNWANTED()),
        is_counted=change.service_id in context.seen,
    )
    return Outcome.UNWANTED, {}


def _is_in_effect(context: Context, change: PreviewedChange, observed: Observed | None) -> bool:
    """Whether the change is in effect now, whichever run made it."""
    if observed is None or change.kind == Kind.VANISHED:
        return observed is not None and observed.is_vanished
    company = observed.company
    if company is None or change.kind == Kind.CREATE:
        return company is not None
    if _is_by_date(change):
        facts = company.access_facts.by_billing_alone()
        return not decide_access(facts, now=context.at, zone=context.policy.zone).is_open
    is_company = change.company_id in {None, company.company_id}
    is_there = described(company.state, context.policy.plan_names) == change.after
    return is_company and is_there and facts_as_json(observed.facts) == change.facts


def _is_by_date(change: PreviewedChange) -> bool:
    return change.kind == Kind.LOSE and change.before == change.after
