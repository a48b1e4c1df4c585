"""Operators' sessions end sooner than customers'."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.companies.factories import PASSWORD, make_company, make_person, sign_in, type_password

pytestmark = pytest.mark.django_db


def operator() -> Client:
    make_person("op@example.com", is_staff=True, is_superuser=True)
    client = Client()
    type_password(client, "op@example.com", PASSWORD)
    assert client.get("/admin/").status_code == 200
    return client


def is_in(client: Client, *, after: timedelta) -> bool:
    with time_machine.travel(timezone.now() + after, tick=False):
        return client.get("/admin/").status_code == 200


@pytest.mark.parametrize(("rest", "stays"), [(timedelta(minutes=119), True), (timedelta(minutes=121), False)])
def test_an_operator_who_does_nothing_for_two_hours_is_signed_out(rest: timedelta, stays: bool) -> None:
    assert is_in(operator(), after=rest) is stays


def test_an_operator_who_works_on_is_signed_out_after_half_a_day_and_may_sign_in_again() -> None:
    client = operator()
    assert [is_in(client, after=timedelta(hours=hour)) for hour in range(1, 13)] == [True] * 11 + [False]
    with time_machine.travel(timezone.now() + timedelta(hours=12), tick=False):
        answer = client.get("/admin/", follow=True)
        assert answer.request["PATH_INFO"] == "/accounts/login/"
        type_password(client, "op@example.com", PASSWORD)
        assert client.get("/admin/").status_code == 200


def test_what_an_operator_posts_too_late_changes_nothing() -> None:
    company, client = make_company(), operator()
    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        answer = client.post(f"/admin/companies/company/{company.pk}/lock/act/", {"reason": "x"}, follow=True)
    page = answer.content.decode()
    assert page.count("Your session has ended") == 1
    assert "was not carried out" in page
    assert not company.events.exists()


@pytest.mark.parametrize(
    ("referer", "leads_to"),
    [
        ("http://testserver/admin/companies/company/?q=ana", "/admin/companies/company/%3Fq%3Dana"),
        ("http://elsewhere.example/admin/companies/", "/admin/"),
        ("", "/admin/"),
    ],
)
def test_who_pressed_a_button_too_late_signs_in_to_the_page_it_stood_on(referer: str, leads_to: str) -> None:
    """The button's own address would answer that it is no page."""
    client = operator()
    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        answer = client.post("/admin/billing/whmcsgateway/1/sync/", headers={"referer": referer})
        assert answer["Location"] == f"/admin/login/?next={leads_to}"
        read = client.get("/admin/companies/company/?q=ana")
        assert read["Location"] == "/admin/login/?next=/admin/companies/company/%3Fq%3Dana"


def test_a_customer_stays_signed_in() -> None:
    client = sign_in(make_person(company=make_company()))
    assert client.get("/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert client.get("/").status_code == 200


def test_clicks_within_a_minute_write_no_session_again() -> None:
    client = operator()
    seen = client.session["operator_seen"]
    assert is_in(client, after=timedelta(seconds=30))
    assert client.session["operator_seen"] == seen
