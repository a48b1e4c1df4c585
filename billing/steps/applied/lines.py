"""What a decision comes to, as one line: for a preview, and for what a preview is compared with when it is applied."""

from collections.abc import Container, Mapping
from typing import Any, NamedTuple

from billing.facts import ServiceFacts
from billing.models import PreviewedChange
from billing.reconcile import Action, Decision
from billing.wording import reasons
from companies.access import BillingState
from companies.events import Code
from companies.story import described

Kind = PreviewedChange.Kind
_KINDS = {Action.PROVISION: Kind.CREATE, Action.REOPEN: Kind.REOPEN, Action.LOSE: Kind.LOSE}


class Line(NamedTuple):
    """One thing that a run does, refuses or fails at; the columns of `PreviewedChange`, with values that JSON knows."""

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
    """Whether the decision does something about a company; all others only remember what WHMCS said."""
    if decision.action is Action.NOTHING:
        return False
    return decision.action in _KINDS or decision.before != decision.after


def line_of(decision: Decision, plan_names: Mapping[int, str]) -> Line | None:
    """The line of a decision; None where there is nothing to tell. As `billing.steps.changes.entries.enter` counts."""
    if is_change(decision):
        return _line(decision, _KINDS.get(decision.action, Kind.CHANGE), decision.action.value, plan_names)
    if decision.is_held:
        return _line(decision, Kind.HELD, decision.notes[0].kind, plan_names)
    if decision.company_id and decision.notes:
        return _line(decision, Kind.NOTED, decision.notes[0].kind, plan_names)
    return None


def overdue_line(loss: Decision, plan_names: Mapping[int, str]) -> Line:
    """The line of a company about which WHMCS says nothing new and that a complete reading closes by its due date."""
    return _line(loss, Kind.LOSE, Code.CLOSED_OVERDUE.value, plan_names)


def as_kept(line: Line, kept: Container[int]) -> Line:
    """The line of a loss as it is where a no keeps the company open: it is found, and nothing is done about it."""
    if line.kind != Kind.LOSE or line.company_id not in kept:
        return line
    return line._replace(kind=Kind.KEPT.value, what=Kind.KEPT.value, reason=reasons.KEPT_OPEN())


def facts_as_json(facts: ServiceFacts) -> dict[str, Any]:
    """What WHMCS says about a service, with days as texts; all but the number of the service."""
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
    """What an operator has said about the company, for billing's word is not the last one then."""
    company = decision.observed.company if decision.observed else None
    if company is None:
        return {}
    until = company.access_facts.hold_until
    return {"hold_until": until.isoformat() if until else None, "locked": company.access_facts.locked_at is not None}
