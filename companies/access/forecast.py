"""When a company loses access if nothing changes. Plain Python, and no rule of its own: `decide_access` is asked."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from companies.access import Access, Facts, Reason, decide_access

NOON = time(12)


class Loss(NamedTuple):
    """The first day without access, and why."""

    day: date
    reason: Reason


def decide_loss(facts: Facts, *, is_read_on: bool, now: datetime, zone: tzinfo, days: int) -> Loss | None:
    """The loss of access that comes today or within `days` days after it; None where there is none, or none left.

    `is_read_on` says that complete readings go on and show the same facts, so that a date that passes is confirmed at
    once. Where what is known doesn't get any newer, as of a record that can't be read, leave the facts as they are.
    """
    if not decide_access(facts, now=now, zone=zone).is_open:
        return None
    day = now.astimezone(zone).date()
    last = day + timedelta(days=days)
    while day <= last:
        access = decide_on(day, facts, is_read_on=is_read_on, zone=zone)
        if not access.is_open:
            return Loss(day, access.reason)
        if access.until is None or access.until >= last:
            return None
        # Nothing but time passes, so the verdict stays through its last day.
        day = access.until + timedelta(days=1)
    return None


def decide_on(day: date, facts: Facts, *, is_read_on: bool, zone: tzinfo) -> Access:
    """The verdict on a later day."""
    moment = datetime.combine(day, NOON, tzinfo=zone)
    known = facts._replace(read_at=moment) if is_read_on else facts
    return decide_access(known, now=moment, zone=zone)
