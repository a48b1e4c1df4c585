"""Every fate of a company has its event, and events stay."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from companies import lifecycle
from companies.access import BillingState
from companies.events import Actor, Code
from companies.lifecycle import Contact
from companies.models import Event
from companies.standings.facts import access_of
from companies.story import BillingChange
from tests.companies.factories import make_company, make_person, make_plan, make_source, state_of

pytestmark = pytest.mark.django_db
RUN = Actor("sync run 1")


def test_opening_tells_its_story() -> None:
    state = BillingState("active", date(2026, 4, 1), make_plan().pk, None)
    opening = lifecycle.Opening(Contact("Ana Sousa"), state, "paid")
    (company,) = lifecycle.open_companies([opening], source=make_source(), actor=RUN, at=timezone.now())
    event = company.events.get()
    assert (event.code, event.actor_label, event.reason) == (Code.OPENED, "sync run 1", "paid")
    assert event.after["due_date"] == "2026-04-01"


def test_many_companies_change_at_once_each_with_what_changed() -> None:
    first, second = make_company("First"), make_company("Second")
    later = timezone.localdate() + timedelta(days=50)
    changes = [
        BillingChange(first.pk, state_of(first), state_of(first)._replace(due_date=later), "renewed"),
        BillingChange(second.pk, state_of(second), state_of(second)._replace(status="suspended"), "suspended"),
    ]
    lifecycle.apply_billing_changes(changes, actor=RUN, at=timezone.now())
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.due_date, first.status) == (later, "active")
    assert (second.status, access_of(second).is_open) == ("suspended", False)
    assert first.events.get().after == {"due_date": later.isoformat()}
    assert second.events.get().before == {"status": "active"}


def test_the_beginning_of_a_status_moves_only_with_the_status() -> None:
    company = make_company()
    began = company.status_since
    after = state_of(company)._replace(due_date=None)
    lifecycle.apply_billing_changes(
        [BillingChange(company.pk, state_of(company), after, "")], actor=RUN, at=timezone.now() + timedelta(days=1)
    )
    company.refresh_from_db()
    assert company.status_since == began


def test_an_operators_hold_opens_and_ending_it_lets_billing_decide_again() -> None:
    company, operator = make_company(status="suspended"), Actor.person(make_person("op@example.com"))
    until = timezone.localdate() + timedelta(days=5)
    lifecycle.hold_open(company, until=until, reason="paid by cheque", actor=operator, at=timezone.now())
    company.refresh_from_db()
    assert access_of(company).until == until
    lifecycle.end_hold(company, reason="bounced", actor=operator, at=timezone.now())
    company.refresh_from_db()
    assert not access_of(company).is_open
    assert [e.code for e in company.events.all()] == [Code.HOLD_ENDED, Code.HELD_OPEN]


def test_a_lock_closes_and_unlocking_opens() -> None:
    company = make_company()
    lifecycle.lock(company, reason="court order", actor=RUN, at=timezone.now())
    company.refresh_from_db()
    assert not access_of(company).is_open
    lifecycle.unlock(company, reason="lifted", actor=RUN, at=timezone.now())
    company.refresh_from_db()
    assert access_of(company).is_open


def test_a_contact_that_did_not_change_writes_nothing() -> None:
    company = make_company("Ana", email="ana@example.com")
    lifecycle.update_contact(company, Contact("Ana", "ana@example.com"), actor=RUN, at=timezone.now())
    assert not company.events.exists()
    lifecycle.update_contact(company, Contact("Ana B", "ana@example.com"), actor=RUN, at=timezone.now())
    assert company.events.get().after == {"name": "Ana B"}


def test_a_record_gone_bad_makes_a_past_due_date_unconfirmed() -> None:
    company = make_company(due_date=timezone.localdate() - timedelta(days=6))
    assert not access_of(company).is_open
    before = timezone.now() - timedelta(days=4)
    lifecycle.mark_unreadable([company.pk], last_read_at=before, actor=RUN, at=timezone.now(), reason="no date")
    company.refresh_from_db()
    assert access_of(company).is_open
    lifecycle.mark_readable([company.pk], actor=RUN, at=timezone.now())
    company.refresh_from_db()
    assert not access_of(company).is_open


def test_what_happened_is_neither_changed_nor_deleted() -> None:
    company = make_company()
    lifecycle.lock(company, reason="x", actor=RUN, at=timezone.now())
    event = Event.objects.get(company=company)
    for attempt in (
        event.save, event.delete, Event.objects.all().delete, company.events.all().delete,
        lambda: company.events.update(reason=""), lambda: Event.objects.bulk_update([event], ["reason"]),
    ):  # fmt: skip
        with pytest.raises(TypeError), transaction.atomic():
            attempt()
    assert company.events.get().reason == event.reason
