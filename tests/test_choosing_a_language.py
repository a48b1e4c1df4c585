"""The button for another language leads to the page that its reader looks at, or to the nearest that can be opened."""

import re

import pytest
from django.test import Client

from tests.billing.factories import make_gateway
from tests.companies.factories import PASSWORD, make_company, make_person, sign_in, type_password
from tests.companies.factors import SECOND_STEP, code_now, give_app

pytestmark = pytest.mark.django_db


def choose_spanish(client: Client, page: str) -> str:
    """The page to which the button on this one leads."""
    form = re.search(r'<form[^>]* action="/i18n/setlang/".*?</form>', page, re.DOTALL)
    assert form is not None
    address = re.search(r'name="next" value="([^"]*)"', form[0])
    assert address is not None
    answer = client.post("/i18n/setlang/", {"language": "es", "next": address[1]}, follow=True)
    assert (answer.status_code, answer["Content-Language"]) == (200, "es")
    return answer.content.decode()


def test_after_a_form_that_was_refused_the_same_page_is_read_in_another_language(operator: Client) -> None:
    company = make_company()
    for path, heading in (
        (f"/admin/companies/company/{company.pk}/lock/act/", "Bloquear"),
        ("/admin/billing/whmcsgateway/add/", "pasarela"),
    ):
        refused = operator.post(path, headers={"accept-language": "en"})
        assert "required" in refused.content.decode()
        assert heading in choose_spanish(operator, refused.content.decode())
        operator.post("/i18n/setlang/", {"language": "en"})


def test_a_customers_refused_form_too() -> None:
    client = sign_in(make_person(company=make_company()))
    refused = client.post("/team/", {"email": "nobody"}).content.decode()
    assert "Añadir a alguien" in choose_spanish(client, refused)


def test_where_only_a_button_leads_it_is_the_page_of_what_the_button_is_about(operator: Client) -> None:
    gateway = make_gateway()
    found = operator.post(f"/admin/billing/whmcsgateway/{gateway.pk}/test/").content.decode()
    assert "Modificar WHMCS" in choose_spanish(operator, found)


def test_what_is_shown_once_is_not_lost_by_choosing_a_language(operator: Client) -> None:
    gateway, person = make_gateway(), make_person("ana@example.com")
    for path in (
        f"/admin/billing/whmcsgateway/{gateway.pk}/hook_new/",
        f"/admin/companies/user/{person.pk}/set-password-link/",
    ):
        page = operator.post(path)
        assert page.status_code == 200
        assert "setlang" not in page.content.decode()


def test_nor_are_recovery_codes() -> None:
    client = Client()
    user = make_person(company=make_company())
    secret = give_app(user)
    type_password(client, user.email, PASSWORD)
    client.post(SECOND_STEP, {"code": code_now(secret)})
    page = client.post("/accounts/two-factor/codes/new/", follow=True).content.decode()
    assert len(re.findall(r"\b[0-9]{8}\b", page)) >= 10
    assert "setlang" not in page
    assert "setlang" in client.get("/accounts/two-factor/").content.decode()
