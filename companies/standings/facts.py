"""Turns a company's row into the facts that `companies.access` decides on."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from companies.access import Access, Facts, Status, decide_access
from companies.models import BillingSource, Company

# A reading further in the future than this was written by a wrong clock and is no evidence.
CLOCKS_MAY_DIFFER = timedelta(minutes=15)
# A billing source that waits for an operator to resume it. A resumed source is read again but stays marked as paused
# until the first complete reading.
RESTS = Q(paused_at__isnull=False, resumed_at=None)


class CompanyRow(NamedTuple):
    """The columns of a company that decide its access, for code that reads many companies and needs no more."""

    status: str
    status_since: datetime
    due_date: date | None
    override_until: date | None
    hold_until: date | None
    locked_at: datetime | None
    unreadable_since: datetime | None
    closing_held_since: datetime | None


def facts_of(company: Company, *, now: datetime) -> Facts:
    """The facts of a company that was loaded with `select_related("source")`."""
    return facts_of_row(company, company.source, now=now)


def facts_of_row(row: Company | CompanyRow, source: BillingSource | None, *, now: datetime) -> Facts:
    """The facts of a company whose billing facts come from `source`."""
    return Facts(
        status=Status(row.status),
        status_since=row.status_since,
        due_date=row.due_date,
        grace_days=source.grace_days if source else 0,
        unconfirmed_days=_unconfirmed_days(row, source),
        read_at=_evidence_at(row, source, now),
        override_until=row.override_until,
        hold_until=row.hold_until,
        locked_at=row.locked_at,
        is_paused=source is not None and source.paused_at is not None,
    )


def access_of(company: Company, *, now: datetime | None = None) -> Access:
    """The company's access at `now` (default: this moment), in the installation's time zone."""
    moment = now or timezone.now()
    return decide_access(facts_of(company, now=moment), now=moment, zone=timezone.get_default_timezone())


def last_read_at(row: Company | CompanyRow, source: BillingSource, *, now: datetime) -> datetime | None:
    """When the last reading that showed this company's facts began. Later ones could not read its record."""
    confirmed_at = confirmed_by(source, now=now)
    if confirmed_at is not None and row.unreadable_since is not None:
        return min(confirmed_at, row.unreadable_since)
    return confirmed_at


def is_read_on(row: Company | CompanyRow, source: BillingSource | None) -> bool:
    """Whether each complete reading renews the evidence about a company, as things are now."""
    is_paused = source is not None and source.paused_at is not None
    return not is_paused and row.unreadable_since is None and row.closing_held_since is None


def confirmed_by(source: BillingSource, *, now: datetime) -> datetime | None:
    """When the source's last complete reading began. A moment in the future comes from a wrong clock and is ignored."""
    confirmed_at = source.confirmed_at
    return None if confirmed_at is not None and confirmed_at > now + CLOCKS_MAY_DIFFER else confirmed_at


def _unconfirmed_days(row: Company | CompanyRow, source: BillingSource | None) -> int | None:
    """How many days a due date may stay unconfirmed. No limit (None) while an operator's approval is missing."""
    if row.closing_held_since is not None:
        return None
    return source.unconfirmed_days if source else 0


def _evidence_at(row: Company | CompanyRow, source: BillingSource | None, now: datetime) -> datetime | None:
    if source is None:
        return now
    return None if row.closing_held_since is not None else last_read_at(row, source, now=now)
