"""The welcome on somebody's first pages: short, and gone when they say so."""

import pytest
from django.test import Client

from companies.models import Role, User
from tests.companies.factories import make_company, make_person, sign_in

pytestmark = pytest.mark.django_db


def overview(client: Client) -> str:
    return client.get("/").content.decode()


def test_an_owner_is_told_until_they_have_read_it_to_choose_a_language_and_add_people() -> None:
    client = sign_in(make_person(company=make_company(users=3), password_is_from_shop=True))
    page = overview(client)
    for text in ("You still use the password", "Welcome to Ticketz", "Choose your language", "room for 3 people"):
        assert text in page
    assert client.post("/account/welcomed/").status_code == 302
    page = overview(client)
    assert "Welcome to" not in page
    assert "You still use the password" in page


def test_a_member_is_not_asked_to_add_anybody() -> None:
    page = overview(sign_in(make_person(company=make_company(), role=Role.MEMBER)))
    assert "Welcome to" in page
    assert "Add your people" not in page


def test_where_no_seat_is_left_nobody_is_told_to_add_people() -> None:
    assert "Add your people" not in overview(sign_in(make_person(company=make_company(users=1))))


def test_it_goes_by_a_press_of_a_button_only_and_for_nobody_else() -> None:
    company = make_company()
    ana, bob = make_person(company=company), make_person("bob@example.com", company=company, role=Role.MEMBER)
    assert sign_in(ana).get("/account/welcomed/").status_code == 405
    sign_in(ana).post("/account/welcomed/")
    assert User.objects.get(pk=ana.pk).welcomed_at is not None
    assert User.objects.get(pk=bob.pk).welcomed_at is None
