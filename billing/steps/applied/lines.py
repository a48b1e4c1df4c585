"""A decision as one line: a preview stores it, and the run that applies the preview compares with it."""

from collections.abc import Container, Mapping
from typing import Any, NamedTuple

from billing.facts import ServiceFacts
from billing.models import PreviewedChange
from billing.reconcile import Action, Decision, Note
from billing.wording import reasons
from companies.access import BillingState
from companies.events import Code
from companies.story import described

Kind = PreviewedChange.Kind
_KINDS = {Action.PROVISION: Kind.CREATE, Action.REOPEN: Kind.REOPEN, Action.LOSE: Kind.LOSE}


class Line(NamedTuple):
    """One thing that a run does, refuses or fails at: the columns of `PreviewedChange`, with values that fit JSON."""

    kind: str
    what: str
    service_id: int | None
    company_id: int | None = None
    before: Mapping[str, str | None] = {}
    after: Mapping[str, str | None] = {}
    notes: list[dict[str, str]] = []
    reason: str = ""
    facts: Mapping[str, Any] = {}
    stood: Mapping[str, Any] = {}


def is_change(decision: Decision) -> bool:
    """Whether the decision changes a company; all others only store what WHMCS said."""
    if decision.action is Action.NOTHING:
        return False
    return decision.action in _KINDS or decision.before != decision.after


def line_of(decision: Decision, plan_names: Mapping[int, str]) -> Line | None:
    """The line of a decision; None if there is nothing to show. Counts as `billing.steps.changes.entries.enter`."""
    if is_change(decision):
        return _line(decision, _KINDS.get(decision.action, Kind.CHANGE), decision.action.value, plan_names)
    if decision.is_held:
        return _line(decision, Kind.HELD, decision.notes[0].kind, plan_names)
    if decision.company_id and decision.notes:
        return _line(decision, Kind.NOTED, decision.notes[0].kind, plan_names)
    return None


def overdue_line(loss: Decision, plan_names: Mapping[int, str]) -> Line:
    """The line of a company that a complete reading closes by its due date, while WHMCS says nothing new about it."""
    return _line(loss, Kind.LOSE, Code.CLOSED_OVERDUE.value, plan_names)


def held_line(loss: Decision, why: Note, plan_names: Mapping[int, str]) -> Line:
    """The line of a loss about which this reading is not believed."""
    return _line(loss._replace(notes=(why, *loss.notes)), Kind.HELD, why.kind, plan_names)


def as_kept(line: Line, kept: Container[int]) -> Line:
    """The line; a loss becomes KEPT if an operator's rejection keeps the company open."""
    if line.kind != Kind.LOSE or line.company_id not in kept:
        return line
    return line._replace(kind=Kind.KEPT.value, what=Kind.KEPT.value, reason=reasons.KEPT_OPEN())


def facts_as_json(facts: ServiceFacts) -> dict[str, Any]:
    """WHMCS's facts about a service without the service id, with dates as ISO text."""
    said = facts._asdict()
    said.pop("service_id")
    dates = {name: said[name].isoformat() for name in ("due_date", "override_until") if said[name] is not None}
    return said | dates


def _line(decision: Decision, kind: Kind, what: str, plan_names: Mapping[int, str]) -> Line:
    notes = [dict(note.params) | {"kind": str(note.kind)} for note in decision.notes]
    is_told = kind in PreviewedChange.CHANGES
    return Line(
        kind.value, str(what), decision.facts.service_id, decision.company_id,
        before=_described(decision.before, plan_names) if is_told else {},
        after=_described(decision.after, plan_names) if is_told else {},
        notes=notes, facts=facts_as_json(decision.facts), stood=_stood(decision),
    )  # fmt: skip


def _described(state: BillingState | None, plan_names: Mapping[int, str]) -> dict[str, str | None]:
    return described(state, plan_names) if state else {}


def _stood(decision: Decision) -> dict[str, Any]:
    """The operator's hold and lock of the company, because they override billing."""
    if decision.company is None:
        return {}
    facts = decision.company.access_facts
    until = facts.hold_until.isoformat() if facts.hold_until else None
    return {"hold_until": until, "locked": facts.locked_at is not None}
