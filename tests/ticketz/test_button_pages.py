"""The address of a button, opened by itself: nothing is done, and the page leads back to where its reader came from."""

import pytest
from django.test import Client

from tests.companies.factories import make_company, make_person, sign_in

pytestmark = pytest.mark.django_db


def test_a_customer_is_told_and_led_home() -> None:
    answer = sign_in(make_person(company=make_company())).get("/account/welcomed/")
    page = answer.content.decode()
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Only a button leads here" in page
    assert '<a href="/">Back to the start</a>' in page


def test_an_operator_is_led_to_the_administration() -> None:
    operator, person = make_person("op@example.com", is_staff=True, is_superuser=True), make_person("ana@example.com")
    page = sign_in(operator).get(f"/admin/companies/user/{person.pk}/set-password-link/").content.decode()
    assert '<a href="/admin/">Back to the start</a>' in page


def test_in_the_readers_language() -> None:
    person = make_person(company=make_company(), language="es")
    assert "Aquí solo lleva un botón" in sign_in(person).get("/account/welcomed/").content.decode()


def test_what_programs_send_is_answered_as_ever() -> None:
    answer = Client().put("/accounts/login/")
    assert (answer.status_code, answer.content) == (405, b"")
