"""Who works here just now: known to some minutes, and never a reason for a page to fail."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.utils import timezone

from companies.models import Membership
from companies.people.queries import people_in
from companies.sessions.presence import UPDATE_EVERY, note_presence
from tests.companies.factories import make_company, make_person, sign_in

pytestmark = pytest.mark.django_db


def writes_of(work: Callable[[], object]) -> int:
    """How often `work` writes down who is here."""
    written = 0

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal written
        written += sql.startswith('UPDATE "companies_membership"') and "last_seen_at" in sql
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        work()
    return written


def test_a_page_says_who_was_here_in_the_company_that_it_is_about() -> None:
    here, elsewhere = make_company("Here"), make_company("There")
    person = make_person(company=here)
    Membership.objects.create(user=person, company=elsewhere)
    sign_in(person).get("/")
    seen = dict(Membership.objects.values_list("company__name", "last_seen_at"))
    assert seen["Here"] is not None
    assert seen["There"] is None


def test_ten_minutes_are_written_once() -> None:
    client = sign_in(make_person(company=make_company()))
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        assert writes_of(lambda: client.get("/")) == 1
        assert writes_of(lambda: client.get("/team/")) == 0
    with time_machine.travel(now + UPDATE_EVERY + timedelta(seconds=1), tick=False):
        assert writes_of(lambda: client.get("/")) == 1


def test_of_pages_at_the_same_moment_one_is_written() -> None:
    make_person(company=make_company())
    first, second = Membership.objects.get(), Membership.objects.get()
    now = timezone.now()
    note_presence(first, at=now)
    note_presence(second, at=now + timedelta(minutes=1))
    assert Membership.objects.get().last_seen_at == now


def test_a_moment_from_the_future_is_put_right() -> None:
    make_person(company=make_company())
    now = timezone.now()
    Membership.objects.update(last_seen_at=now + timedelta(days=1))
    note_presence(Membership.objects.get(), at=now)
    assert Membership.objects.get().last_seen_at == now


@pytest.mark.django_db(transaction=True)
def test_a_database_that_can_only_be_read_still_shows_pages() -> None:
    client = sign_in(make_person(company=make_company()))

    def refuse(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(("UPDATE", "INSERT", "DELETE")):
            raise OperationalError("attempt to write a readonly database")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        assert client.get("/").status_code == 200
    assert Membership.objects.get().last_seen_at is None


def test_people_of_a_blocked_company_do_not_work_in_it() -> None:
    sign_in(make_person(company=make_company(status="suspended"))).get("/")
    assert Membership.objects.get().last_seen_at is None


def test_people_are_counted_once_and_those_who_worked_within_the_hour() -> None:
    one, two, other = make_company("One"), make_company("Two"), make_company("Other")
    ana, bob = make_person(company=one), make_person("bob@example.com", company=one)
    Membership.objects.create(user=ana, company=two)
    make_person("else@example.com", company=other)
    now = timezone.now()
    Membership.objects.filter(user=ana).update(last_seen_at=now - timedelta(minutes=59))
    Membership.objects.filter(user=bob).update(last_seen_at=now - timedelta(minutes=61))
    assert people_in([one.pk, two.pk], at=now) == (2, 1)
