"""When a company loses access if nothing changes. Plain Python without rules of its own: it calls `decide_access`."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from companies.access import Access, Facts, Reason, decide_access

NOON = time(12)


class Loss(NamedTuple):
    """The first day without access, and why."""

    day: date
    reason: Reason


def decide_loss(facts: Facts, *, is_read_on: bool, now: datetime, zone: tzinfo, days: int) -> Loss | None:
    """The loss of access that comes today or within `days` days; None if there is none or the company is closed
    already.

    With `is_read_on`, complete readings go on and show the same facts, so a passed date is confirmed at once. Without
    it the evidence gets no newer, as for a record that can't be read.
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
        # Only time passes, so the verdict stays until its last day.
        day = access.until + timedelta(days=1)
    return None


def decide_on(day: date, facts: Facts, *, is_read_on: bool, zone: tzinfo) -> Access:
    """The verdict on a later day."""
    moment = datetime.combine(day, NOON, tzinfo=zone)
    known = facts._replace(read_at=moment) if is_read_on else facts
    return decide_access(known, now=moment, zone=zone)
