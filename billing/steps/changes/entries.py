"""What becomes of each service, entered into the run's book: counted, recorded, and listed where a person is needed."""

from collections.abc import Iterable

from billing.models import Kind, RunRecord
from billing.reconcile import Action, Decision
from billing.steps.run.context import Context
from billing.steps.run.report import Entry
from billing.wording.attention import sentence
from companies.access import Status

Result = RunRecord.Result


def enter(context: Context, decision: Decision) -> None:
    """Count a decision that stands, with a record of what no event tells: what was refused, or should be known."""
    facts, company_id = decision.facts, decision.company_id
    if company_id and _lets_in(decision):
        context.found.opened.add(company_id)
    raise_notes(context, decision)
    if decision.before != decision.after and decision.action is not Action.NOTHING:
        # The company's event tells the rest (`billing.runs.changes`).
        context.report.tell(Result.CHANGED, [facts.service_id])
    elif decision.is_held or (company_id and decision.notes):
        note = decision.notes[0]
        context.report.record(Entry(
            Result.HELD if decision.is_held else Result.CHANGED, note.kind, facts.service_id, company_id,
            reason=sentence(note.kind, note.params), params=note.params,
        ))  # fmt: skip
    else:
        context.report.count("unchanged")


def enter_changes(context: Context, decisions: Iterable[Decision]) -> None:
    """The same for many that were written, of which nearly all changed a company and are no more than counted."""
    changed = []
    for decision in decisions:
        if decision.notes or decision.before == decision.after or _lets_in(decision):
            enter(context, decision)
        else:
            changed.append(decision.facts.service_id)
    context.report.tell(Result.CHANGED, changed)


def _lets_in(decision: Decision) -> bool:
    """Whether the company is open by it, or only its date keeps it closed, as this reading proves at its end."""
    before, after = decision.before, decision.after
    is_called_active = before and after and before.status != after.status == Status.ACTIVE.value
    return decision.opens or bool(is_called_active)


def raise_notes(context: Context, decision: Decision) -> None:
    """List what a person should know about a service, whatever becomes of it."""
    row = decision.observed.subscription_id if decision.observed else None
    for note in decision.notes:
        context.note(note.kind, decision.facts.service_id, note.params, row)


def enter_given_up(context: Context, decision: Decision, error: Exception) -> None:
    """The database refuses this one record even alone. Its text may quote values, so only its kind is kept."""
    enter_failure(context, decision, Kind.WRITE_FAILED, {"reason": type(error).__name__})


def enter_failure(context: Context, decision: Decision, kind: str, params: dict[str, str]) -> None:
    """Enter a service that nothing could be done about, with the reason."""
    facts = decision.facts
    row = decision.observed.subscription_id if decision.observed else None
    context.note(kind, facts.service_id, params, row)
    context.report.record(Entry(
        Result.FAILED, kind, facts.service_id, decision.company_id, reason=sentence(kind, params), params=params
    ))  # fmt: skip
