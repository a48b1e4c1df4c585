"""The database can be read and not written: a full disk, a replica. Who only reads goes on; others are told why not."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from tests.companies.factories import make_company, make_person, sign_in
from tests.proofs.stores import ON_SQLITE

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery"
CREDENTIALS = {"login": "ana@example.com", "password": PASSWORD}
NOT_SAVED = "Nothing can be saved at the moment"
OFF, ON = (
    ("PRAGMA query_only=1", "PRAGMA query_only=0")
    if ON_SQLITE
    else ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off")
)


@contextmanager
def unwritable() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(OFF)
        try:
            yield
        finally:
            cursor.execute(ON)


@pytest.fixture
def customer() -> Client:
    company = make_company()
    client = sign_in(make_person("ana@example.com", company=company, password=PASSWORD))
    client.raise_request_exception = False
    return client


@pytest.fixture
def operator() -> Client:
    client = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    client.raise_request_exception = False
    return client


def test_nobody_can_sign_in_and_everybody_is_told_why(caplog: pytest.LogCaptureFixture) -> None:
    make_person("ana@example.com", password=PASSWORD)
    stranger = Client(raise_request_exception=False)
    with unwritable():
        assert stranger.get("/accounts/login/").status_code == 200
        answer = stranger.post("/accounts/login/", CREDENTIALS)
    assert (answer.status_code, answer["Retry-After"]) == (503, "120")
    assert NOT_SAVED in answer.content.decode()
    assert "The database can't be written" in caplog.text
    assert stranger.post("/accounts/login/", CREDENTIALS).status_code == 302


def test_who_tries_too_often_is_told_that_and_nothing_else() -> None:
    stranger = Client()
    answers = [stranger.post("/accounts/password/reset/", {"email": "ana@example.com"}) for _ in range(7)]
    assert answers[-1].status_code == 429
    assert NOT_SAVED not in answers[-1].content.decode()


def test_a_customer_goes_on_reading_and_is_told_what_can_t_be_saved(customer: Client) -> None:
    with unwritable():
        assert [customer.get(page).status_code for page in ("/", "/team/", "/account/")] == [200, 200, 200]
        answer = customer.post("/team/", {"email": "new@example.com", "name": "New", "role": "member"})
    assert (answer.status_code, NOT_SAVED in answer.content.decode()) == (503, True)


def test_an_operator_goes_on_reading_though_their_session_notes_each_minute(operator: Client) -> None:
    pages = ("/admin/", "/admin/companies/company/", "/admin/billing/attentionitem/")
    with unwritable():
        assert [operator.get(page).status_code for page in pages] == [200, 200, 200]
        answer = operator.post("/admin/plans/plan/add/", {"name": "New"})
    assert (answer.status_code, NOT_SAVED in answer.content.decode()) == (503, True)


def test_a_session_that_somebody_has_ended_is_still_over(operator: Client) -> None:
    operator.session.flush()
    assert operator.get("/admin/").status_code == 302
