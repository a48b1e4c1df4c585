"""Which mail the owners of a company get because of how it stands. Plain Python: facts and a time go in."""

from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from companies.access import Access, Facts, Reason, decide_access

# What is older may have been overtaken by a payment: better no mail than a wrong one.
FRESH = timedelta(days=1)
SOON = timedelta(days=3)


class Notice(StrEnum):
    """What there is to tell. Each is a kind of mail."""

    RENEWAL_COMING = "renewal_coming"
    ACCESS_ENDS_SOON = "access_ends_soon"
    ACCESS_BACK = "access_back"


class Wishes(NamedTuple):
    """What the operator wants to be told, from the settings; `renewal_days` 0: no renewals."""

    renewal_days: int
    ends_soon: bool
    back: bool


def decide_notice(facts: Facts, wishes: Wishes, *, now: datetime, zone: tzinfo) -> Notice | None:
    """What to tell today about the due date; nothing where an operator keeps it open or closed, or where the facts
    may be out of date.
    """
    if facts.is_paused or facts.read_at is None or now - facts.read_at > FRESH:
        return None
    access = decide_access(facts, now=now, zone=zone)
    today = now.astimezone(zone).date()
    if access.reason is Reason.PAID:
        return Notice.RENEWAL_COMING if _is_within(access, today, timedelta(days=wishes.renewal_days)) else None
    if access.reason is Reason.OVERDUE_IN_GRACE and wishes.ends_soon and _was_read_since(access, facts.read_at, zone):
        return Notice.ACCESS_ENDS_SOON if _is_within(access, today, SOON) else None
    return None


def decide_is_back(before: Facts, after: Facts, *, now: datetime, zone: tzinfo) -> bool:
    """Whether billing opened what was closed; not where all may be out of date.

    What an operator keeps open or closed is so before and after, so it is never back.
    """
    if after.is_paused or decide_access(before, now=now, zone=zone).is_open:
        return False
    return decide_access(after, now=now, zone=zone).is_open


def _is_within(access: Access, today: date, span: timedelta) -> bool:
    """Whether its last day comes within `span`; never where that is nothing."""
    return bool(span) and access.until is not None and access.until - today <= span


def _was_read_since(access: Access, read_at: datetime, zone: tzinfo) -> bool:
    """Whether a reading that began after the due date still shows it unpaid."""
    return access.since is not None and read_at >= datetime.combine(access.since, time.min, tzinfo=zone)
