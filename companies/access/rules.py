"""The rules of `companies.access`, one function each, in their order. Plain Python."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum

from companies.access.case import Case, shift
from companies.access.types import Access, Reason, State, Status


class Rule(StrEnum):
    """The rules in their order. The first one that decides is the verdict."""

    LOCK = "lock"
    HOLD = "hold"
    HOLD_UNCONFIRMED = "hold_unconfirmed"
    STATUS = "status"
    NO_DUE_DATE = "no_due_date"
    DUE_DATE = "due_date"
    OVERRIDE = "override"
    GRACE = "grace"
    EVIDENCE = "evidence"
    PAUSE = "pause"
    WAITING = "waiting"
    UNCONFIRMED = "unconfirmed"
    TOO_LONG = "too_long"


def _lock(case: Case) -> Access | None:
    if case.facts.locked_at is None:
        return None
    return Access(State.BLOCKED, Reason.LOCKED, since=case.facts.locked_at.astimezone(case.zone).date())


def _hold(case: Case) -> Access | None:
    hold = case.facts.hold_until
    return Access(State.OPEN, Reason.HELD_OPEN, until=hold) if hold is not None and case.today <= hold else None


def _hold_unconfirmed(case: Case) -> Access | None:
    """The end of a hold alone closes nothing: a payment made during the hold may not have been read yet."""
    hold, read_at = case.facts.hold_until, case.facts.read_at
    if hold is None or case.facts.status is Status.ACTIVE or (read_at is not None and read_at >= case.end_of(hold)):
        return None
    last = None if case.facts.is_paused else case.unconfirmed_after(hold)
    if last is not None and case.today > last:
        return None
    return Access(State.OPEN, Reason.HOLD_UNCONFIRMED, since=shift(hold, 1), until=last)


def _status(case: Case) -> Access | None:
    """A status is stronger than the billing system's override, which only overrules a due date."""
    if case.facts.status is Status.ACTIVE:
        return None
    since = case.facts.status_since.astimezone(case.zone).date()
    return Access(State.BLOCKED, Reason(case.facts.status.value), since=since)


def _no_due_date(case: Case) -> Access | None:
    return Access(State.OPEN, Reason.NO_DUE_DATE) if case.facts.due_date is None else None


def _due_date(case: Case) -> Access | None:
    return Access(State.OPEN, Reason.PAID, until=case.due) if case.today <= case.due else None


def _override(case: Case) -> Access | None:
    override = case.facts.override_until or date.min
    return Access(State.OPEN, Reason.BILLING_OVERRIDE, until=override) if case.today <= override else None


def _grace(case: Case) -> Access | None:
    if case.today > case.end_of_grace:
        return None
    return Access(State.GRACE, Reason.OVERDUE_IN_GRACE, since=shift(case.due, 1), until=case.end_of_grace)


def _evidence(case: Case) -> Access | None:
    """A date alone closes nothing: a reading that began after the last day must show that it is still unpaid."""
    read_at = case.facts.read_at
    if read_at is None or read_at < case.evidence_from:
        return None
    return Access(State.BLOCKED, Reason.OVERDUE, since=case.closes)


def _pause(case: Case) -> Access | None:
    return Access(State.GRACE, Reason.READING_PAUSED, since=case.closes) if case.facts.is_paused else None


def _waiting(case: Case) -> Access | None:
    if case.last_unconfirmed is not None:
        return None
    return Access(State.GRACE, Reason.CLOSING_WAITS, since=case.closes)


def _unconfirmed(case: Case) -> Access | None:
    last = case.last_unconfirmed
    if last is None or case.today > last:
        return None
    return Access(State.GRACE, Reason.UNCONFIRMED, since=case.closes, until=last)


def _too_long(case: Case) -> Access:
    return Access(State.BLOCKED, Reason.UNCONFIRMED_TOO_LONG, since=shift(case.last_unconfirmed or case.last_day, 1))


RULES: dict[Rule, Callable[[Case], Access | None]] = {
    Rule.LOCK: _lock,
    Rule.HOLD: _hold,
    Rule.HOLD_UNCONFIRMED: _hold_unconfirmed,
    Rule.STATUS: _status,
    Rule.NO_DUE_DATE: _no_due_date,
    Rule.DUE_DATE: _due_date,
    Rule.OVERRIDE: _override,
    Rule.GRACE: _grace,
    Rule.EVIDENCE: _evidence,
    Rule.PAUSE: _pause,
    Rule.WAITING: _waiting,
    Rule.UNCONFIRMED: _unconfirmed,
    Rule.TOO_LONG: _too_long,
}
