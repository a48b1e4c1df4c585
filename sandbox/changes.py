"""What can be edited on a client and on a service, and how a month is counted."""

import calendar
from datetime import date
from typing import TypedDict


class ClientChanges(TypedDict, total=False):
    """What can be edited on a client."""

    first_name: str
    last_name: str
    company: str
    email: str
    phone: str
    language: str
    status: str
    notes: str


class ServiceChanges(TypedDict, total=False):
    """What a WHMCS administrator can edit on a service directly, without the module being called."""

    client_id: int
    pid: int
    order_number: str
    registered: date
    next_due_date: date | None
    status: str
    plan: str
    first_password: str
    amount: str
    quantity: int
    suspension_reason: str
    override_auto_suspend: bool
    override_suspend_until: date | None
    domain: str
    username: str
    notes: str
    upgrade_to: str
    password: str


def add_months(day: date, months: int) -> date:
    """Return the same day some months later (or earlier), or the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
