"""How old what billing says is: on the pages of customers, discreet while it is fresh."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from companies.models import BillingSource, Company
from companies.wording.verdicts import age_sentence
from tests.companies.factories import make_company, make_person, sign_in

NOW = datetime(2026, 3, 20, 14, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("read_at", "sentence"),
    [
        (NOW - timedelta(seconds=20), "As of 2:07 p.m., just now."),
        (NOW - timedelta(minutes=3), "As of 2:05 p.m., 3\xa0minutes ago."),
        (NOW - timedelta(days=2), "As of March 18, 2026, 2:08 p.m., 2\xa0days ago."),
        (None, "Billing has not confirmed this yet."),
    ],
)
def test_the_age_is_told_with_the_time_and_with_the_date_when_it_is_older(
    read_at: datetime | None, sentence: str
) -> None:
    with translation.override("en"):
        assert age_sentence(read_at, NOW) == sentence


def overview_of(company: Company) -> str:
    return sign_in(make_person(company=company)).get("/").content.decode()


@pytest.mark.django_db
def test_a_fresh_age_is_discreet() -> None:
    page = overview_of(make_company())
    assert '<p class="quiet">As of' in page


@pytest.mark.django_db
def test_the_age_is_marked_where_the_state_rests_on_it() -> None:
    company = make_company(due_date=timezone.localdate() - timedelta(days=10))
    BillingSource.objects.update(confirmed_at=timezone.now() - timedelta(days=9))
    assert '<p class="notice warning">As of' in overview_of(company)


@pytest.mark.django_db
def test_who_is_blocked_sees_the_age_too() -> None:
    page = overview_of(make_company(status="suspended"))
    assert "is closed at the moment" in page
    assert "As of" in page


@pytest.mark.django_db
def test_what_became_unreadable_is_as_old_as_that() -> None:
    page = overview_of(make_company(unreadable_since=timezone.now() - timedelta(days=2)))
    assert "2\xa0days ago" in page


@pytest.mark.django_db
def test_a_company_that_no_billing_speaks_for_has_no_age() -> None:
    company = make_company()
    Company.objects.update(source=None)
    assert "As of" not in overview_of(company)


@pytest.mark.django_db
def test_in_a_pause_a_customer_reads_that_it_is_being_checked() -> None:
    company = make_company(due_date=timezone.localdate() - timedelta(days=60))
    BillingSource.objects.update(confirmed_at=timezone.now() - timedelta(days=65), paused_at=timezone.now())
    page = overview_of(company)
    assert "may be out of date" in page
    assert '<p class="notice warning">As of' in page
