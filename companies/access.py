"""Whether a company is open today, and why. Plain Python: facts and a time go in, a verdict comes out.

Nothing here is stored and no job has to flip a row for grace to end: the verdict is computed whenever it is asked.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """What billing last said about a company, in WHMCS's words."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    CANCELLED = "cancelled"
    FRAUD = "fraud"


class BillingState(NamedTuple):
    """What billing says about a company: the columns that a sync may write."""

    status: str
    due_date: date | None
    plan_id: int
    override_until: date | None


class State(StrEnum):
    OPEN = "open"
    GRACE = "grace"
    BLOCKED = "blocked"


class Reason(StrEnum):
    """Why a company is in its state. Each has a sentence for people in `companies.wording`."""

    PAID = "paid"
    NO_DUE_DATE = "no_due_date"
    HELD_OPEN = "held_open"
    BILLING_OVERRIDE = "billing_override"
    OVERDUE_IN_GRACE = "overdue_in_grace"
    UNCONFIRMED = "unconfirmed"
    CLOSING_WAITS = "closing_waits"
    READING_PAUSED = "reading_paused"
    OVERDUE = "overdue"
    UNCONFIRMED_TOO_LONG = "unconfirmed_too_long"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    CANCELLED = "cancelled"
    FRAUD = "fraud"
    LOCKED = "locked"


class Facts(NamedTuple):
    """What the verdict rests on.

    Dates are days in `zone`. `due_date` None means that nothing is ever due, `unconfirmed_days` None that a date may
    stay unconfirmed for ever. `read_at` is when the last complete reading that still shows these facts began; None
    means that none ever did. A company without a billing source is its own evidence: give the present moment.
    `is_paused` says that all of it may be long out of date, as after a restored backup: then no date that passed
    unconfirmed takes anything away, however long ago.
    """

    status: Status
    status_since: datetime
    due_date: date | None
    grace_days: int
    unconfirmed_days: int | None
    read_at: datetime | None
    override_until: date | None = None
    hold_until: date | None = None
    locked_at: datetime | None = None
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """The verdict. `since` is when the state began, where that can be said; `until` is its last day, if it has one."""

    state: State
    reason: Reason
    since: date | None = None
    until: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether people may work: open, or open with a reminder."""
        return self.state is not State.BLOCKED

    @property
    def is_unconfirmed(self) -> bool:
        """Whether it rests on what is too old to prove it."""
        return self.reason in {Reason.UNCONFIRMED, Reason.UNCONFIRMED_TOO_LONG, Reason.READING_PAUSED}


def decide_access(facts: Facts, *, now: datetime, zone: tzinfo) -> Access:
    """The company's access at `now` (aware); `zone` says what day it is and when a day ends. First match wins."""
    today = now.astimezone(zone).date()
    if facts.locked_at is not None:
        return Access(State.BLOCKED, Reason.LOCKED, since=facts.locked_at.astimezone(zone).date())
    if facts.hold_until is not None and today <= facts.hold_until:
        return Access(State.OPEN, Reason.HELD_OPEN, until=facts.hold_until)
    if facts.status is not Status.ACTIVE:
        # The billing system's override speaks against a date only, never against a status.
        since = facts.status_since.astimezone(zone).date()
        return Access(State.BLOCKED, Reason(facts.status.value), since=since)
    return _decide_by_date(facts, today, zone)


def _decide_by_date(facts: Facts, today: date, zone: tzinfo) -> Access:
    due, override = facts.due_date, facts.override_until or date.min
    if due is None:
        return Access(State.OPEN, Reason.NO_DUE_DATE)
    if today <= due:
        return Access(State.OPEN, Reason.PAID, until=due)
    if today <= override:
        return Access(State.OPEN, Reason.BILLING_OVERRIDE, until=override)
    end_of_grace = _shift(due, facts.grace_days)
    if today <= end_of_grace:
        return Access(State.GRACE, Reason.OVERDUE_IN_GRACE, since=_shift(due, 1), until=end_of_grace)
    return _decide_overdue(facts, today, max(end_of_grace, override), zone)


def _decide_overdue(facts: Facts, today: date, last_day: date, zone: tzinfo) -> Access:
    """A date alone takes nothing away: a reading that began after the last day has to show it still unpaid."""
    blocked_since = _shift(last_day, 1)
    deadline = datetime.combine(blocked_since, time.min, tzinfo=zone)
    if facts.read_at is not None and facts.read_at >= deadline:
        return Access(State.BLOCKED, Reason.OVERDUE, since=blocked_since)
    if facts.is_paused:
        return Access(State.GRACE, Reason.READING_PAUSED, since=blocked_since)
    if facts.unconfirmed_days is None:
        return Access(State.GRACE, Reason.CLOSING_WAITS, since=blocked_since)
    last_unconfirmed = _shift(last_day, facts.unconfirmed_days)
    if today <= last_unconfirmed:
        return Access(State.GRACE, Reason.UNCONFIRMED, since=blocked_since, until=last_unconfirmed)
    return Access(State.BLOCKED, Reason.UNCONFIRMED_TOO_LONG, since=_shift(last_unconfirmed, 1))


def _shift(day: date, days: int) -> date:
    """`day` plus `days`, ending at the last day that Python knows instead of failing there."""
    return date.max if (date.max - day).days < days else day + timedelta(days=days)
