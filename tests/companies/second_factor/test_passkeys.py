"""Passkeys without a browser: what opens the door, and what only looks as if it did."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django import Settings

from companies.models import User
from tests.companies.factories import PASSWORD, is_signed_in, make_company, make_person, type_password
from tests.companies.factors import (
    OVERVIEW,
    SECOND_STEP,
    TOO_MANY,
    code_now,
    enforce,
    give_app,
    make_operator,
    sign_in_with_code,
)
from tests.companies.soft_key import LOGIN, SoftKey

pytestmark = pytest.mark.django_db
AGAIN = "/accounts/confirm/passkey/"
REFUSED = "This passkey was not accepted."


def browser() -> Client:
    return Client(HTTP_HOST="localhost")


def owner_of(key: SoftKey, user: User, *, alone: bool = True) -> Client:
    """A browser in which this person has just added the key."""
    client = browser()
    type_password(client, user.email, PASSWORD)
    assert key.register(client, alone=alone)["Location"] == f"{OVERVIEW}codes/"
    return client


def question_of(client: Client, path: str) -> object:
    """The question that a page asks a passkey."""
    return client.get(path).context["js_data"]["request_options"]


def test_a_passkey_opens_the_door_alone_and_leads_where_its_owner_wanted() -> None:
    user, key, client = make_operator(), SoftKey(), browser()
    enforce()
    owner_of(key, user)
    assert key.sign_in_alone(client, user, next="/admin/plans/plan/")["Location"] == "/admin/plans/plan/"
    assert client.get("/admin/plans/plan/").status_code == 200
    assert client.session.get_expire_at_browser_close()


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/"])
def test_it_never_leads_to_another_site(target: str) -> None:
    user, key = make_person(company=make_company()), SoftKey()
    owner_of(key, user)
    assert key.sign_in_alone(browser(), user, next=target)["Location"] == "/"


def test_one_that_may_not_open_it_alone_is_a_second_step_only() -> None:
    user, key, client = make_person(company=make_company()), SoftKey(), browser()
    owner_of(key, user, alone=False)
    assert key.sign_in_alone(client, user)["Location"] == "/accounts/login/"
    assert not is_signed_in(client)
    type_password(client, user.email, PASSWORD)
    options = question_of(client, SECOND_STEP)
    assert client.post(SECOND_STEP, {"credential": key.answer(options, user)})["Location"] == "/"


def test_whoever_has_a_passkey_and_no_app_reads_of_recovery_codes_where_a_code_is_refused() -> None:
    user = make_person(company=make_company())
    owner_of(SoftKey(), user)
    refused = sign_in_with_code(browser(), user.email, "12345678").content.decode()
    assert "This is not one of your recovery codes, or it was used already." in refused
    give_app(user)
    assert "the clock of the phone is wrong" in sign_in_with_code(browser(), user.email, "1234").content.decode()


def test_a_stolen_passkey_whose_pin_the_thief_does_not_know_opens_nothing_alone() -> None:
    """Also not with a question that was asked for somebody's second step, where a touch is enough."""
    victim, thief = make_person(company=make_company()), make_person("thief@example.com", company=make_company("B"))
    key, theirs = SoftKey(), SoftKey()
    owner_of(key, victim)
    client = owner_of(theirs, thief)
    key.is_verified = False
    assert key.sign_in_alone(browser(), victim)["Location"] == "/accounts/login/"
    options = question_of(client, AGAIN)
    client.post(LOGIN, {"credential": key.answer(options, victim)})
    assert client.session["_auth_user_id"] == str(thief.pk)


def test_a_passkey_that_asked_for_no_pin_cannot_be_added_as_one_that_opens_alone() -> None:
    make_person(company=make_company())
    client, key = browser(), SoftKey()
    type_password(client, "ana@example.com", PASSWORD)
    key.is_verified = False
    page = key.register(client)
    assert page.status_code == 200
    assert REFUSED in page.content.decode()
    assert not Authenticator.objects.exists()


def test_an_answer_works_once_and_only_for_the_question_of_this_browser() -> None:
    user, key, client = make_person(company=make_company()), SoftKey(), browser()
    owner_of(key, user)
    answer = key.answer(client.get(LOGIN).json()["request_options"], user)
    assert browser().post(LOGIN, {"credential": answer})["Location"] == "/accounts/login/"
    assert client.post(LOGIN, {"credential": answer})["Location"] == "/"
    client.post("/accounts/logout/")
    assert client.post(LOGIN, {"credential": answer})["Location"] == "/accounts/login/"


@pytest.mark.parametrize(("name", "value"), [("origin", "http://evil.example"), ("host", "evil.example")])
def test_an_answer_that_was_given_to_another_site_opens_nothing(name: str, value: str) -> None:
    user, key, client = make_person(company=make_company()), SoftKey(), browser()
    owner_of(key, user)
    setattr(key, name, value)
    assert key.sign_in_alone(client, user)["Location"] == "/accounts/login/"
    assert not is_signed_in(client)


def test_a_passkey_opens_nobody_elses_account() -> None:
    user, other, key, client = make_person(), make_operator(), SoftKey(), browser()
    owner_of(key, user)
    key.sign_in_alone(client, other)
    assert not is_signed_in(client)


def test_who_was_switched_off_is_not_let_in_by_a_passkey() -> None:
    user, key, client = make_person(), SoftKey(), browser()
    owner_of(key, user)
    User.objects.update(is_active=False)
    page = client.get(key.sign_in_alone(client, user)["Location"]).content.decode()
    assert "was not accepted" in page
    assert not is_signed_in(client)


def test_whose_passkey_is_refused_reads_of_the_passkey_and_of_no_code() -> None:
    """Another one than theirs, and one that they have removed here and not from the device."""
    user, key, client = make_person(company=make_company()), SoftKey(), browser()
    owner_of(key, user)
    type_password(client, user.email, PASSWORD)
    answer = SoftKey().answer(question_of(client, SECOND_STEP), user)
    pages = [client.post(SECOND_STEP, {"credential": answer}).content.decode()]
    Authenticator.objects.all().delete()
    pages.append(client.get(key.sign_in_alone(client, user)["Location"]).content.decode())
    assert all(REFUSED in page for page in pages)
    assert not any("code is wrong" in page for page in pages)


def test_whose_passkey_is_refused_too_often_reads_of_the_second_step_and_of_no_password() -> None:
    user, key, client = make_person(company=make_company()), SoftKey(), browser()
    owner_of(key, user)
    type_password(client, user.email, PASSWORD)
    for _ in range(6):
        answer = SoftKey().answer(question_of(client, SECOND_STEP), user)
        page = client.post(SECOND_STEP, {"credential": answer}).content.decode()
    assert TOO_MANY in page


def test_an_operators_passkey_in_a_customers_browser_begins_a_session_of_its_own() -> None:
    operator, key = make_operator(), SoftKey()
    owner_of(key, operator)
    client = browser()
    type_password(client, make_person("ana@example.com", company=make_company()).email, PASSWORD)
    key.sign_in_alone(client, operator)
    assert client.session["_auth_user_id"] == str(operator.pk)
    assert client.get("/admin/").status_code == 200


def test_a_session_from_before_is_confirmed_with_a_passkey() -> None:
    user, key, earlier = make_operator(), SoftKey(), browser()
    type_password(earlier, user.email, PASSWORD)
    owner_of(key, user)
    assert earlier.get("/admin/")["Location"] == f"{AGAIN}?next=%2Fadmin%2F"
    answer = key.answer(question_of(earlier, AGAIN), user)
    assert earlier.post(AGAIN, {"credential": answer, "next": "/admin/"})["Location"] == "/admin/"
    assert earlier.get("/admin/").status_code == 200


def test_removing_one_of_two_factors_keeps_the_recovery_codes() -> None:
    user, key = make_person(company=make_company()), SoftKey()
    secret = give_app(user)
    client = browser()
    sign_in_with_code(client, user.email, code_now(secret))
    key.register(client, name="x" * 99)
    passkey = Authenticator.objects.get(type="webauthn")
    assert passkey.data["name"] == "x" * 60
    client.post(f"{OVERVIEW}passkeys/{passkey.pk}/name/", {"name": "Phone"})
    assert "Phone" in client.get(OVERVIEW).content.decode()
    client.post(f"{OVERVIEW}passkeys/{passkey.pk}/remove/")
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}


@pytest.mark.parametrize(
    ("site", "host", "is_https", "says"),
    [
        ("https://app.example", "app.example", True, "Add a passkey"),
        ("https://app.example", "other.example", True, 'href="https://app.example/accounts/two-factor/"'),
        ("https://app.example", "app.example", False, 'href="https://app.example/accounts/two-factor/"'),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", False, 'href="http://localhost:8000/accounts/two-factor/"'),
        ("http://127.0.0.1:8000", "localhost:8000", False, "Add a passkey"),
        ("http://tickets.example", "tickets.example", False, "only at https:// addresses"),
        ("https://192.0.2.7", "192.0.2.7", True, "only at https:// addresses"),
    ],
)
def test_the_page_says_where_passkeys_work(site: str, host: str, is_https: bool, says: str, settings: Settings) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = site, ["*"]
    client = Client(HTTP_HOST=host)
    client.force_login(make_person())
    assert says in client.get(OVERVIEW, secure=is_https).content.decode()
    login = Client(HTTP_HOST=host).get("/accounts/login/", secure=is_https).content.decode()
    assert ("Sign in with a passkey" in login) == (says == "Add a passkey")
