"""Who was signed out without doing it reads why on the sign-in page, and a stranger reads nothing of anybody."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.brand.current import load_brand
from companies.models import Company, Invitation, User
from tests.companies.factories import PASSWORD, make_company, make_person, type_password
from tests.companies.team_page import add

pytestmark = pytest.mark.django_db
OVER, NOT_DONE = "Your session has ended", "was not carried out"
LATER = timedelta(days=15)


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture(autouse=True)
def ana(company: Company) -> User:
    return make_person(company=company)


def browser() -> Client:
    client = Client()
    type_password(client, "ana@example.com", PASSWORD)
    assert client.get("/team/").status_code == 200
    return client


def change_password(client: Client) -> None:
    new = "an entirely new horse"
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", typed).status_code == 302


def read(client: Client, path: str = "/team/") -> str:
    answer = client.get(path, follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/login/"
    return str(answer.content.decode())


def with_cookie(value: str) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = value
    return client


def test_whose_password_was_changed_in_another_browser_reads_why_they_are_signed_out_once() -> None:
    here, elsewhere = browser(), browser()
    change_password(elsewhere)
    page = read(here)
    assert page.count(OVER) == 1
    assert NOT_DONE not in page
    assert OVER not in read(here)
    assert elsewhere.get("/team/").status_code == 200


def test_whose_session_ran_out_or_was_ended_elsewhere_reads_the_same() -> None:
    ended, old, elsewhere = browser(), browser(), browser()
    elsewhere.post("/account/sessions/end-others/")
    assert OVER in read(ended)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        assert OVER in read(old)


def test_whose_session_ran_out_while_they_typed_reads_that_nothing_was_saved() -> None:
    client = browser()
    with time_machine.travel(timezone.now() + LATER, tick=False):
        page = add(client)
    assert OVER in page
    assert NOT_DONE in page
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("referer", "leads_to"),
    [
        ("http://testserver/team/?page=2", "/team/?page=2"),
        ("http://elsewhere.example/team/", "/"),
        ("http://testserver//elsewhere.example/team/", "/"),
        (None, "/"),
    ],
)
def test_who_signs_in_again_after_something_that_came_too_late_is_back_at_its_form(
    referer: str | None, leads_to: str
) -> None:
    headers = {"referer": referer} if referer else {}
    where = Client().post("/team/", headers=headers)["Location"]
    client = Client()
    client.get(where)
    typed = {"login": "ana@example.com", "password": PASSWORD, "next": parse_qs(urlsplit(where).query)["next"][0]}
    assert client.post(where, typed)["Location"] == leads_to


def test_who_signed_out_in_another_tab_reads_that_nothing_was_saved_and_no_more() -> None:
    client = browser()
    client.post("/accounts/logout/")
    page = add(client)
    assert OVER not in page
    assert NOT_DONE in page


def test_who_signed_out_or_never_came_before_reads_no_reason() -> None:
    out = browser()
    out.post("/accounts/logout/")
    for page in (read(out), read(Client()), read(Client(), "/admin/")):
        assert OVER not in page
        assert NOT_DONE not in page


def test_a_cookie_that_was_invented_is_answered_like_that_of_a_session_that_is_over() -> None:
    victim = browser()
    stolen = victim.cookies[settings.SESSION_COOKIE_NAME].value
    change_password(browser())
    pages = [read(with_cookie(value)) for value in (stolen, "x" * 32, "x")]
    assert len({re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page) for page in pages}) == 1
    assert OVER in pages[0]
    assert "ana@" not in pages[0]


def test_somebody_on_the_way_to_their_second_step_has_no_session_that_is_over() -> None:
    client = Client()
    session = client.session
    session["account_login"] = {}
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    assert OVER not in read(client)


def test_an_ended_session_costs_as_few_queries_as_any_page() -> None:
    client = browser()
    load_brand()
    with time_machine.travel(timezone.now() + LATER, tick=False):
        load_brand()
        with CaptureQueriesContext(connection) as asked:
            client.get("/team/")
        assert len(asked) == 1  # the session that is not there
        with CaptureQueriesContext(connection) as asked:
            assert OVER in client.get("/accounts/login/").content.decode()
        assert len(asked) <= 1
