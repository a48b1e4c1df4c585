"""The types of `companies.access`: what goes into a verdict and what comes out."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Self


class Status(StrEnum):
    """The last status from billing, in WHMCS's words."""

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
    """Open, open with a reminder, or closed."""

    OPEN = "open"
    GRACE = "grace"
    BLOCKED = "blocked"


class Reason(StrEnum):
    """Why a company is in its state. `companies.wording.verdicts` has a sentence for each."""

    PAID = "paid"
    NO_DUE_DATE = "no_due_date"
    HELD_OPEN = "held_open"
    HOLD_UNCONFIRMED = "hold_unconfirmed"
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
    """The input of a verdict.

    Dates are days in `zone`. Without a `due_date` nothing is ever due; without `unconfirmed_days` a date may stay
    unconfirmed for ever. `read_at` is when the last complete reading that shows these facts began, None if there was
    none; for a company without a billing source it is the present moment. `is_paused` means that everything may be
    outdated, as after a restored backup: then no unconfirmed date closes the company, however long ago it passed.
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

    def by_billing_alone(self) -> Self:
        """The same without an operator's hold and lock, which override billing."""
        return self._replace(hold_until=None, locked_at=None)


_UNCONFIRMED = {Reason.HOLD_UNCONFIRMED, Reason.UNCONFIRMED, Reason.UNCONFIRMED_TOO_LONG, Reason.READING_PAUSED}


@dataclass(frozen=True, slots=True)
class Access:
    """The verdict. `since` is when the state began, if known; `until` is its last day, if it has one."""

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
        """Whether the evidence is too old to prove it."""
        return self.reason in _UNCONFIRMED
