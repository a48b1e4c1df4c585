"""The only code that changes a company's state: status, dates, plan, holds and locks.

Each function writes the change and its event in one transaction. Functions that a run calls take many companies at
once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction

from companies.access import BillingState
from companies.database.bulk import update_moved, update_rows
from companies.events import Actor, Code
from companies.mail.access_notices import queue_access_back
from companies.models import BillingSource, Company
from companies.story import BillingChange, described, load_plan_names, new_event, tell, tell_changes


class Contact(NamedTuple):
    """A company's name and contact details in the billing system: columns of Company."""

    name: str
    email: str = ""
    phone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A company to be created, with the reason for its story."""

    contact: Contact
    state: BillingState
    reason: str


@transaction.atomic
def open_companies(
    openings: Sequence[Opening], *, source: BillingSource | None, actor: Actor, at: datetime
) -> list[Company]:
    """Create companies, in this order. Two may have the same name, because a name is not a key."""
    companies = Company.objects.bulk_create([
        Company(source=source, status_since=at, created_at=at, **one.contact._asdict(), **one.state._asdict())
        for one in openings
    ])  # fmt: skip
    names = load_plan_names()
    tell([
        new_event(company.pk, Code.OPENED, actor, at, after=described(one.state, names), reason=one.reason)
        for company, one in zip(companies, openings, strict=True)
    ])  # fmt: skip
    return companies


@transaction.atomic
def apply_billing_changes(changes: Sequence[BillingChange], *, actor: Actor, at: datetime) -> None:
    """Set many companies to what billing says, with one event each. Owners of re-opened companies get a mail."""
    ids, befores, afters, *_ = zip(*changes, strict=True)
    update_moved(Company, BillingState._fields, ids, befores, afters)
    moved = [(c.company_id,) for c in changes if c.after.status != c.before.status]
    update_rows(Company, [], moved, same={"status_since": at})
    tell_changes(changes, actor=actor, at=at)
    queue_access_back(zip(ids, befores, afters, strict=True), at=at)


@transaction.atomic
def update_contact(company: Company, contact: Contact, *, actor: Actor, at: datetime) -> None:
    """Copy name and contact details from the billing system. The address that people sign in with does not change."""
    after = {key: value for key, value in contact._asdict().items() if getattr(company, key) != value}
    if not after:
        return
    before = {key: getattr(company, key) for key in after}
    Company.objects.filter(pk=company.pk).update(**after)
    tell([new_event(company.pk, Code.CONTACT_CHANGED, actor, at, before=before, after=after)])


@transaction.atomic
def mark_unreadable(
    company_ids: Sequence[int], *, last_read_at: datetime, actor: Actor, at: datetime, reason: str
) -> None:
    """Mark companies whose record can't be read any more. What we know about them is as old as `last_read_at`."""
    _mark(company_ids, Code.UNREADABLE, actor, at, reason, unreadable_since=last_read_at)


@transaction.atomic
def mark_readable(company_ids: Sequence[int], *, actor: Actor, at: datetime) -> None:
    """Mark companies whose record can be read again."""
    _mark(company_ids, Code.READABLE, actor, at, unreadable_since=None)


@transaction.atomic
def hold_closings(company_ids: Sequence[int], *, actor: Actor, at: datetime, reason: str) -> None:
    """Hold the closing of companies: until released, no reading counts as evidence against them."""
    _mark(company_ids, Code.CLOSING_HELD, actor, at, reason, closing_held_since=at)


@transaction.atomic
def release_closings(company_ids: Sequence[int], *, actor: Actor, at: datetime) -> None:
    """Release held closings: readings count as evidence again."""
    _mark(company_ids, Code.CLOSING_RELEASED, actor, at, closing_held_since=None)


@transaction.atomic
def hold_open(company: Company, *, until: date, reason: str, actor: Actor, at: datetime) -> None:
    """Keep a company open through `until`, whatever billing says. Survives every sync."""
    _set(company, Code.HELD_OPEN, actor, at, reason, hold_until=until, hold_reason=reason, hold_by=actor.user)


@transaction.atomic
def end_hold(company: Company, *, reason: str, actor: Actor, at: datetime) -> None:
    """Let billing decide again."""
    _set(company, Code.HOLD_ENDED, actor, at, reason, hold_until=None, hold_reason="", hold_by=None)


@transaction.atomic
def lock(company: Company, *, reason: str, actor: Actor, at: datetime) -> None:
    """Close a company, whatever billing says. Survives every sync."""
    _set(company, Code.LOCKED, actor, at, reason, locked_at=at, lock_reason=reason)


@transaction.atomic
def unlock(company: Company, *, reason: str, actor: Actor, at: datetime) -> None:
    """Let billing decide again."""
    _set(company, Code.UNLOCKED, actor, at, reason, locked_at=None, lock_reason="")


def _set(company: Company, code: Code, actor: Actor, at: datetime, reason: str, **columns: Any) -> None:
    before = {key: str(getattr(company, key) or "") for key in columns}
    Company.objects.filter(pk=company.pk).update(**columns)
    after = {key: str(value or "") for key, value in columns.items()}
    tell([new_event(company.pk, code, actor, at, before=before, after=after, reason=reason)])
    for key, value in columns.items():
        setattr(company, key, value)


def _mark(ids: Sequence[int], code: Code, actor: Actor, at: datetime, reason: str = "", **columns: Any) -> None:
    """Write the same values for many companies, and an event for each."""
    update_rows(Company, [], [(pk,) for pk in ids], same=columns)
    tell([new_event(pk, code, actor, at, reason=reason) for pk in ids])
