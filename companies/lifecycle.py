"""Every change of a company's fate. Nothing else writes it.

Each function writes the change and its event in one transaction. Those that a run calls take many companies at once.
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
    """How the billing system names and reaches a company: columns of Company."""

    name: str
    email: str = ""
    phone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A company to be created, with the reason that its story tells."""

    contact: Contact
    state: BillingState
    reason: str


@transaction.atomic
def open_companies(
    openings: Sequence[Opening], *, source: BillingSource | None, actor: Actor, at: datetime
) -> list[Company]:
    """Create companies, in this order. Equal names are fine: a name is not a key."""
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
    """Bring many companies to what billing says, with one event each, and a mail to owners who are let in again."""
    ids, befores, afters, *_ = zip(*changes, strict=True)
    update_moved(Company, BillingState._fields, ids, befores, afters)
    moved = [(c.company_id,) for c in changes if c.after.status != c.before.status]
    update_rows(Company, [], moved, same={"status_since": at})
    tell_changes(changes, actor=actor, at=at)
    queue_access_back(zip(ids, befores, afters, strict=True), at=at)


@transaction.atomic
def update_contact(company: Company, contact: Contact, *, actor: Actor, at: datetime) -> None:
    """Follow the name and the contact address in the billing system. What people sign in with stays as it is."""
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
    """The record of these companies can't be read any more: what is known of them is as of `last_read_at`."""
    _flag(company_ids, Code.UNREADABLE, actor, at, reason, unreadable_since=last_read_at)


@transaction.atomic
def mark_readable(company_ids: Sequence[int], *, actor: Actor, at: datetime) -> None:
    """The record of these companies can be read again."""
    _flag(company_ids, Code.READABLE, actor, at, "", unreadable_since=None)


@transaction.atomic
def hold_closings(company_ids: Sequence[int], *, actor: Actor, at: datetime, reason: str) -> None:
    """From now on no reading is evidence against these companies: their closing waits for something."""
    update_rows(Company, ["closing_held_since"], [(pk, at) for pk in company_ids])
    tell([new_event(pk, Code.CLOSING_HELD, actor, at, reason=reason) for pk in company_ids])


@transaction.atomic
def release_closings(company_ids: Sequence[int], *, actor: Actor, at: datetime) -> None:
    """From now on readings are evidence about these companies again."""
    update_rows(Company, ["closing_held_since"], [(pk, None) for pk in company_ids])
    tell([new_event(pk, Code.CLOSING_RELEASED, actor, at) for pk in company_ids])


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


def _flag(ids: Sequence[int], code: Code, actor: Actor, at: datetime, reason: str, **columns: Any) -> None:
    Company.objects.filter(pk__in=ids).update(**columns)
    tell([new_event(pk, code, actor, at, reason=reason) for pk in ids])
