"""Which notice about a company's access is due. Plain Python: facts and a time go in."""

from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from companies.access import Access, Facts, Reason, decide_access

# Older facts may miss a payment. No mail is better than a wrong one.
FRESH = timedelta(days=1)
SOON = timedelta(days=3)


class Notice(StrEnum):
    """A notice about a company's access. Each is a kind of `OutgoingMail`."""

    RENEWAL_COMING = "renewal_coming"
    ACCESS_ENDS_SOON = "access_ends_soon"
    ACCESS_BACK = "access_back"


class NoticeSettings(NamedTuple):
    """Which notices the operator has switched on; `renewal_days` 0 switches off the notice of a renewal."""

    renewal_days: int
    ends_soon: bool
    back: bool


def decide_notice(facts: Facts, settings: NoticeSettings, *, now: datetime, zone: tzinfo) -> Notice | None:
    """The notice about the due date that is due today.

    None if an operator keeps the company open or closed, or if the facts may be out of date.
    """
    if facts.is_paused or facts.read_at is None or now - facts.read_at > FRESH:
        return None
    access = decide_access(facts, now=now, zone=zone)
    today = now.astimezone(zone).date()
    if access.reason is Reason.PAID:
        return Notice.RENEWAL_COMING if _is_within(access, today, timedelta(days=settings.renewal_days)) else None
    if access.reason is Reason.OVERDUE_IN_GRACE and settings.ends_soon and _was_read_since(access, facts.read_at, zone):
        return Notice.ACCESS_ENDS_SOON if _is_within(access, today, SOON) else None
    return None


def decide_is_back(before: Facts, after: Facts, *, now: datetime, zone: tzinfo) -> bool:
    """Whether billing opened a closed company. Never during a pause, when all facts may be out of date.

    A company that an operator keeps open or closed is the same before and after, so it is never back.
    """
    if after.is_paused or decide_access(before, now=now, zone=zone).is_open:
        return False
    return decide_access(after, now=now, zone=zone).is_open


def _is_within(access: Access, today: date, span: timedelta) -> bool:
    """Whether the last day of access comes within `span`. An empty span switches the notice off."""
    return bool(span) and access.until is not None and access.until - today <= span


def _was_read_since(access: Access, read_at: datetime, zone: tzinfo) -> bool:
    """Whether a reading that began after the due date still shows it unpaid."""
    return access.since is not None and read_at >= datetime.combine(access.since, time.min, tzinfo=zone)
