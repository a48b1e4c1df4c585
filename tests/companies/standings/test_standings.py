"""Companies counted in groups: as many as one by one, and the same ones in the lists."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import TypeVar

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from companies.access import Reason, State, Status
from companies.models import BillingSource, Company
from companies.models.company import EXCEPTIONS
from companies.standings.by_access import access_is
from companies.standings.facts import CompanyRow, access_of
from companies.standings.groups import companies_of, count_by_verdict, load_groups, losses
from tests.companies.factories import make_company, make_plan

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
T = TypeVar("T")


@pytest.fixture
def crowd() -> list[Company]:
    """Companies in all sorts of states, by chance but always the same."""
    dice = random.Random(4)  # noqa: S311 - no secret
    sources = [
        None,
        BillingSource.objects.create(name="Fresh", confirmed_at=NOW),
        BillingSource.objects.create(name="Old", confirmed_at=NOW - timedelta(days=6), unconfirmed_days=4),
        BillingSource.objects.create(name="Paused", confirmed_at=NOW - timedelta(days=9), paused_at=NOW),
        BillingSource.objects.create(name="Never"),
    ]

    def rarely(value: T) -> T | None:
        return value if dice.random() < 0.15 else None

    def day() -> date:
        return TODAY + timedelta(days=dice.randint(-25, 25))

    companies = [
        Company(
            name=f"Company {n}", plan=make_plan(), source=dice.choice(sources),
            status=dice.choice([Status.ACTIVE.value] * 6 + [status.value for status in Status]),
            due_date=dice.choice([day(), day(), day(), None]), override_until=rarely(day()), hold_until=rarely(day()),
            locked_at=rarely(NOW), closing_held_since=rarely(NOW),
            unreadable_since=rarely(NOW - timedelta(hours=dice.randint(0, 400))),
        )
        for n in range(400)
    ]  # fmt: skip
    return Company.objects.bulk_create(companies)


def test_the_groups_count_what_each_company_says_of_itself(crowd: list[Company]) -> None:
    one_by_one = Counter((access_of(company, now=NOW).state, access_of(company, now=NOW).reason) for company in crowd)
    assert set(State) == {state for state, _ in one_by_one}
    assert count_by_verdict(load_groups(NOW)) == one_by_one


def test_groups_lead_back_to_exactly_their_companies(crowd: list[Company]) -> None:
    groups = load_groups(NOW)
    for reason in Reason:
        expected = {company.pk for company in crowd if access_of(company, now=NOW).reason is reason}
        chosen = [group for group in groups if group.access.reason is reason]
        assert set(companies_of(chosen, Company.objects.all()).values_list("pk", flat=True)) == expected, reason


def test_it_takes_two_queries_however_many_there_are(
    crowd: list[Company], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        load_groups(NOW)


def test_losses_come_in_the_order_of_their_days_and_only_to_who_is_open(crowd: list[Company]) -> None:
    found = losses(load_groups(NOW), now=NOW, days=30)
    days = [loss.day for loss, _ in found]
    assert days == sorted(days)
    assert {day > TODAY for day in days} == {True, False}
    assert all(group.access.is_open for _, group in found)


def test_where_the_evidence_gets_no_newer_no_date_is_held_against_anybody() -> None:
    waits = make_company("Waits", due_date=TODAY - timedelta(days=9), closing_held_since=NOW)
    assert access_of(waits).reason is Reason.CLOSING_WAITS
    BillingSource.objects.create(name="Paused", confirmed_at=NOW, paused_at=NOW)
    Company.objects.create(
        name="Rests", plan=make_plan(), source=BillingSource.objects.get(name="Paused"), due_date=TODAY
    )
    assert losses(load_groups(NOW), now=NOW, days=30) == []


@pytest.mark.parametrize("chosen", ["open", "grace", "blocked", "suspended", "paid", "locked", "overdue_in_grace"])
def test_the_list_by_access_holds_as_many_as_were_counted(operator: Client, crowd: list[Company], chosen: str) -> None:
    counts = count_by_verdict(load_groups(timezone.now()))
    expected = sum(number for verdict, number in counts.items() if chosen in verdict)
    assert expected
    page = operator.get(f"/admin/companies/company/?access={chosen}")
    assert page.context["cl"].result_count == expected


@pytest.mark.parametrize("chosen", [*State, *Reason])
def test_the_condition_for_an_access_finds_exactly_who_has_it(crowd: list[Company], chosen: str) -> None:
    verdicts = {company.pk: access_of(company, now=NOW) for company in crowd}
    expected = {pk for pk, access in verdicts.items() if chosen in {access.state, access.reason}}
    assert set(Company.objects.filter(access_is(chosen, now=NOW)).values_list("pk", flat=True)) == expected


def test_whatever_besides_billing_speaks_for_a_company_has_an_index_of_its_own() -> None:
    """What a verdict rests on is status, due date and source, or else one of the exceptions."""
    assert set(CompanyRow._fields) == {"status", "status_since", "due_date", *EXCEPTIONS.values()}


def test_an_access_that_nobody_has_makes_an_empty_list(operator: Client) -> None:
    make_company("Ana")
    page = operator.get("/admin/companies/company/?access=fraud")
    assert page.context["cl"].result_count == 0
