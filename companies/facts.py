"""From a company's row to the facts that `companies.access` decides on."""

from datetime import datetime

from django.utils import timezone

from companies.access import Access, Facts, Status, decide_access
from companies.models import Company


def facts_of(company: Company, *, now: datetime) -> Facts:
    """The facts of a company that was loaded with `select_related("source")`."""
    source = company.source
    return Facts(
        status=Status(company.status),
        status_since=company.status_since,
        due_date=company.due_date,
        grace_days=source.grace_days if source else 0,
        unconfirmed_days=source.unconfirmed_days if source else 0,
        read_at=_read_at(company, now),
        override_until=company.override_until,
        hold_until=company.hold_until,
        locked_at=company.locked_at,
    )


def access_of(company: Company, *, now: datetime | None = None) -> Access:
    """The company's access at `now` (default: this moment), in the installation's time zone."""
    moment = now or timezone.now()
    return decide_access(facts_of(company, now=moment), now=moment, zone=timezone.get_default_timezone())


def _read_at(company: Company, now: datetime) -> datetime | None:
    """When the last reading that shows this company's facts began; a record gone bad is not shown since then."""
    if company.source is None:
        return now
    read_at = company.source.confirmed_at
    if read_at is not None and company.unreadable_since is not None:
        return min(read_at, company.unreadable_since)
    return read_at
