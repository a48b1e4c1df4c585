"""Enters what happens to each service into the run's report: counts, records, and attention items for an operator."""

from collections.abc import Iterable, Mapping

from billing.models import Kind, RunRecord
from billing.reconcile import Action, Decision
from billing.steps.run.context import Context
from billing.steps.run.report import Entry
from billing.wording.attention import sentence
from companies.access import Status

Result = RunRecord.Result


def enter(context: Context, decision: Decision) -> None:
    """Count a final decision. Record what no company event tells: a hold, or a note for an operator."""
    facts, company_id = decision.facts, decision.company_id
    if company_id and _lets_in(decision):
        context.found.opened.add(company_id)
    raise_notes(context, decision)
    if decision.before != decision.after and decision.action is not Action.NOTHING:
        # The company's event tells the rest (`billing.runs.changes`).
        context.report.tally.tell(Result.CHANGED, [facts.service_id])
    elif decision.is_held or (company_id and decision.notes):
        note = decision.notes[0]
        context.report.record(Entry(
            Result.HELD if decision.is_held else Result.CHANGED, note.kind, facts.service_id, company_id,
            reason=sentence(note.kind, note.params), params=note.params,
        ))  # fmt: skip
    else:
        context.report.tally.count("unchanged")


def enter_changes(context: Context, decisions: Iterable[Decision]) -> None:
    """The same for many written decisions. Nearly all just changed a company, so they are counted together."""
    changed = []
    for decision in decisions:
        if decision.notes or decision.before == decision.after or _lets_in(decision):
            enter(context, decision)
        else:
            changed.append(decision.facts.service_id)
    context.report.tally.tell(Result.CHANGED, changed)


def _lets_in(decision: Decision) -> bool:
    """Whether the decision opens the company, or makes it active so that only its due date can keep it closed."""
    before, after = decision.before, decision.after
    is_called_active = before and after and before.status != after.status == Status.ACTIVE.value
    return decision.opens or bool(is_called_active)


def raise_notes(context: Context, decision: Decision) -> None:
    """Raise attention items for the decision's notes, whatever happens to the service."""
    for note in decision.notes:
        context.note(note.kind, decision.facts.service_id, note.params, decision.subscription_id)


def enter_loss(
    context: Context, loss: Decision, result: Result, code: str, reason: str,
    params: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Enter a loss with its result, unless the report already says that its service is gone."""
    if loss.facts.service_id in context.found.vanished:
        return
    if not loss.is_gone:  # nobody can repair a vanished service
        raise_notes(context, loss)
    entry = Entry(
        result, code, loss.facts.service_id, loss.company_id,
        before=context.described(loss.before), after=context.described(loss.after),
        reason=reason, params=params or {},
    )  # fmt: skip
    context.report.record(entry, is_counted=is_counted(context, loss))


def is_counted(context: Context, loss: Decision) -> bool:
    """Whether the service of a loss was already counted when it was read, usually as unchanged: only a date passed."""
    return loss.company_id in context.found.overdue and loss.facts.service_id in context.seen


def enter_given_up(context: Context, decision: Decision, error: Exception) -> None:
    """Enter a record that the database refuses even alone. The error text may quote values: store only its type."""
    enter_failure(context, decision, Kind.WRITE_FAILED, {"reason": type(error).__name__})


def enter_failure(context: Context, decision: Decision, kind: str, params: dict[str, str]) -> None:
    """Enter a service that could not be processed, with the reason."""
    service_id = decision.facts.service_id
    context.note(kind, service_id, params, decision.subscription_id)
    context.report.record(
        Entry(Result.FAILED, kind, service_id, decision.company_id, reason=sentence(kind, params), params=params)
    )
