"""Whose password somebody else knows is asked to choose another one, and the settings may demand it."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from companies import team
from companies.authentication.hashers import encode_readings
from companies.authentication.links import invitation_url, set_password_url
from companies.events import Actor
from companies.models import Installation, Invitation, Role, User
from tests.companies.factories import PASSWORD, make_company, make_person, sign_in, type_password

pytestmark = pytest.mark.django_db
CHANGE = "/accounts/password/change/"
PATHS = ["/", "/team/", "/account/", "/accounts/two-factor/", "/company/check/", "/admin/", "/admin/plans/plan/"]


def ask_for_it() -> None:
    Installation(pk=Installation.THE_ONE, shop_password_must_change=True).save()


@pytest.mark.parametrize("known", ["password_is_from_shop", "password_was_given"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_leads_to_the_change_of_the_password(path: str, known: str) -> None:
    ask_for_it()
    user = make_person(company=make_company(), is_staff=True)
    User.objects.filter(pk=user.pk).update(**{known: True})
    client = sign_in(user)
    for method in ("get", "post"):
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer["Location"]) == (302, CHANGE)


def test_changing_it_and_signing_out_stay_possible() -> None:
    ask_for_it()
    user = make_person(company=make_company(), password_is_from_shop=True)
    client = sign_in(user)
    assert "that you typed in the shop" in client.get(CHANGE).content.decode()
    new = "another staple of mine"
    client.post(CHANGE, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get("/").status_code == 200
    assert sign_in(user).post("/accounts/logout/").status_code == 302


def test_whoever_has_changed_it_is_not_shown_the_empty_form_again() -> None:
    client, new = sign_in(make_person(company=make_company())), "another staple of mine"
    answer = client.post(CHANGE, {"oldpassword": PASSWORD, "password1": new, "password2": new}, follow=True)
    assert answer.redirect_chain == [("/account/", 302)]
    page = answer.content.decode()
    assert "Your password is changed." in page
    assert 'name="oldpassword"' not in page


def test_whoever_was_added_with_a_password_reads_why_and_works_after_choosing_another() -> None:
    ask_for_it()
    client = sign_in(make_person(company=make_company(), password_was_given=True))
    assert "was chosen for you when you were added" in client.get("/", follow=True).content.decode()
    new = "another staple of mine"
    client.post(CHANGE, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get("/").status_code == 200


def test_nobody_else_is_held_up_and_without_the_switch_nobody_is() -> None:
    company = make_company()
    shopper = sign_in(make_person("shopper@example.com", company=company, password_is_from_shop=True))
    assert shopper.get("/").status_code == 200
    ask_for_it()
    assert shopper.get("/").status_code == 302
    assert sign_in(make_person(company=company)).get("/").status_code == 200


def test_a_superuser_switches_it_on_in_the_settings() -> None:
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    page = operator.get("/admin/companies/installation/1/change/")
    values = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    operator.post("/admin/companies/installation/1/change/", {**values, "shop_password_must_change": "on"})
    assert Installation.load().shop_password_must_change


@pytest.mark.parametrize("known", ["the one that was typed", "its other reading"])
def test_the_password_that_the_shop_knows_is_not_chosen_again(known: str) -> None:
    readings = {"the one that was typed": "a horse &amp; a staple", "its other reading": "a horse & a staple"}
    user = make_person(company=make_company(), password_is_from_shop=True)
    User.objects.filter(pk=user.pk).update(password=encode_readings(list(readings.values())))
    user.refresh_from_db()
    link, again = urlsplit(set_password_url(user)).path, {"password1": readings[known], "password2": readings[known]}
    pages = [Client().post(link, again), Client().post(link, again)]
    pages.append(sign_in(user).post(CHANGE, {"oldpassword": readings[known], **again}))
    assert all("The shop knows this password." in page.content.decode() for page in pages)
    assert User.objects.get().password_is_from_shop


def test_whoever_was_added_with_a_password_is_asked_to_change_it_and_to_another_one() -> None:
    company = make_company(users=9)
    boss = Actor.person(make_person(company=company))
    team.add_member(
        company, email="bob@example.com", name="Bob", role=Role.MEMBER, password="typed by the boss", actor=boss
    )
    client = Client()
    type_password(client, "bob@example.com", "typed by the boss")
    assert all("was chosen for you" in client.get(path).content.decode() for path in ("/", "/account/", CHANGE))
    typed = {"oldpassword": "typed by the boss", "password1": "typed by the boss", "password2": "typed by the boss"}
    assert "Whoever added you knows this password." in client.post(CHANGE, typed).content.decode()
    client.post(CHANGE, typed | {"password1": "only mine 2026", "password2": "only mine 2026"})
    assert not any("was chosen for you" in client.get(path).content.decode() for path in ("/", "/account/", CHANGE))


def test_whoever_joins_by_a_link_chose_the_password_and_is_asked_nothing() -> None:
    company = make_company(users=9)
    boss = Actor.person(make_person(company=company))
    asked = team.add_member(company, email="bob@example.com", name="", role=Role.MEMBER, password=None, actor=boss)
    assert isinstance(asked, Invitation)
    client, path = Client(), urlsplit(invitation_url(asked)).path
    client.post(path, {"name": "Bob", "password1": "only mine 2026", "password2": "only mine 2026"})
    assert not User.objects.get(email="bob@example.com").password_is_known
