"""Two-factor sign-in as people use it: setting it up, the second step, recovery codes."""

import base64
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from tests.companies.factories import PASSWORD, is_signed_in, make_company, make_person, sign_in, type_password
from tests.companies.factors import (
    OVERVIEW,
    SECOND_STEP,
    TOO_MANY,
    code_now,
    give_app,
    recovery_codes,
    sign_in_with_code,
)

pytestmark = pytest.mark.django_db
APP = "/accounts/two-factor/app/"
CODES = "/accounts/two-factor/codes/"


def signed_in() -> Client:
    """A customer who has just typed the password."""
    make_person(company=make_company())
    client = Client()
    type_password(client, "ana@example.com", PASSWORD)
    return client


def offered_secret(page: str) -> str:
    found = re.search(r'<code class="secret">([A-Z2-7]+)</code>', page)
    assert found
    return found[1]


def test_an_app_is_set_up_with_the_code_that_it_shows_and_recovery_codes_come_with_it() -> None:
    client = signed_in()
    page = client.get(APP).content.decode()
    assert "data:image/svg+xml;base64," in page
    codes = client.post(APP, {"code": code_now(offered_secret(page))}, follow=True).content.decode()
    assert len(re.findall(r"<li><code>\d{8}</code></li>", codes)) == 10
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert "Remove the app" in client.get(OVERVIEW).content.decode()


def test_a_wrong_code_sets_nothing_up_and_the_secret_stays_the_same() -> None:
    client = signed_in()
    secret = offered_secret(client.get(APP).content.decode())
    answer = client.post(APP, {"code": "000000"}).content.decode()
    assert "This code is wrong or was used already." in answer
    assert "the clock of the phone is wrong" in answer
    assert offered_secret(answer) == secret == offered_secret(client.get(APP).content.decode())
    assert not Authenticator.objects.exists()


def test_the_recovery_codes_are_shown_once_and_can_be_saved_without_a_script() -> None:
    client = signed_in()
    client.post(APP, {"code": code_now(offered_secret(client.get(APP).content.decode()))})
    page = client.get(CODES).content.decode()
    file = re.search(r'href="data:text/plain;base64,([^"]+)" download', page)
    assert file
    shown = re.findall(r"<code>(\d{8})</code>", page)
    assert base64.b64decode(file[1]).decode().split() == shown
    again = client.get(CODES).content.decode()
    assert not [code for code in shown if code in again]


def test_signing_in_takes_the_password_and_then_a_code() -> None:
    user = make_person(company=make_company())
    secret = give_app(user)
    client = Client()
    assert type_password(client, user.email, PASSWORD)["Location"] == SECOND_STEP
    assert not is_signed_in(client)
    assert client.get("/").status_code == 302
    assert client.post(SECOND_STEP, {"code": "000000"}).status_code == 200
    assert not is_signed_in(client)
    assert client.post(SECOND_STEP, {"code": code_now(secret)})["Location"] == "/"
    assert client.get("/").status_code == 200


def test_the_second_step_is_not_there_without_the_first() -> None:
    secret = give_app(make_person())
    client = Client()
    for answer in (client.get(SECOND_STEP), client.post(SECOND_STEP, {"code": code_now(secret)})):
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert not is_signed_in(client)


@time_machine.travel("2026-03-10T12:00:01Z", tick=False)
def test_a_code_with_a_space_works_and_one_of_half_a_minute_ago_too() -> None:
    user = make_person()
    secret = give_app(user)
    code, before = code_now(secret), code_now(secret, steps=-1)
    assert sign_in_with_code(Client(), user.email, f"{code[:3]} {code[3:]}").status_code == 302
    assert sign_in_with_code(Client(), user.email, before).status_code == 302
    assert sign_in_with_code(Client(), user.email, code_now(secret, steps=-3)).status_code == 200


def test_a_code_from_the_app_works_once() -> None:
    user = make_person()
    secret = give_app(user)
    with time_machine.travel(timezone.now().replace(second=1, microsecond=0), tick=False) as clock:
        code = code_now(secret)
        assert sign_in_with_code(Client(), user.email, code).status_code == 302
        for later in (0, 35):
            clock.shift(timedelta(seconds=later))
            assert sign_in_with_code(Client(), user.email, f" {code[:2]}-{code[2:]}").status_code == 200


def test_the_code_that_set_the_app_up_opens_nothing_more() -> None:
    client = signed_in()
    code = code_now(offered_secret(client.get(APP).content.decode()))
    client.post(APP, {"code": code})
    assert sign_in_with_code(Client(), "ana@example.com", code).status_code == 200


def test_a_recovery_code_works_once_and_then_one_is_gone() -> None:
    user = make_person(company=make_company())
    give_app(user)
    code = recovery_codes(user)[3]
    client = Client()
    assert sign_in_with_code(client, user.email, code).status_code == 302
    assert "9 codes are left" in client.get(OVERVIEW).content.decode()
    assert sign_in_with_code(Client(), user.email, code).status_code == 200


def test_without_a_code_left_the_page_says_that_there_is_none() -> None:
    user = make_person(company=make_company())
    give_app(user)
    client = Client()
    sign_in_with_code(client, user.email, recovery_codes(user)[0])
    Authenticator.objects.filter(type="recovery_codes").update(data={"used_mask": 2**10 - 1})
    assert "You have none." in client.get(OVERVIEW).content.decode()


def test_guessing_codes_is_slowed_down_from_wherever_it_comes() -> None:
    user = make_person()
    secret = give_app(user)
    for number in range(5):
        client = Client(REMOTE_ADDR=f"10.0.0.{number}")
        assert sign_in_with_code(client, user.email, "000000").status_code == 200
    client = Client(REMOTE_ADDR="10.0.1.1")
    answer = sign_in_with_code(client, user.email, code_now(secret))
    assert TOO_MANY in answer.content.decode()
    assert not is_signed_in(client)


def test_guessing_while_setting_up_and_while_confirming_is_slowed_down_too() -> None:
    client = signed_in()
    client.get(APP)
    assert TOO_MANY in [client.post(APP, {"code": "000000"}) for _ in range(6)][-1].content.decode()
    user = make_person("bob@example.com")
    secret = give_app(user)
    session = sign_in(user)
    guesses = [session.post("/accounts/confirm/code/", {"code": "000000"}) for _ in range(6)]
    assert TOO_MANY in guesses[-1].content.decode()
    session.post("/accounts/confirm/code/", {"code": code_now(secret)})
    assert session.get(OVERVIEW).status_code == 302


def test_before_a_factor_is_added_the_password_is_asked_for_unless_it_was_just_typed() -> None:
    client = signed_in()
    assert client.get(APP).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert client.get(APP)["Location"] == f"/accounts/confirm/?next={quote(APP, safe='')}"
        assert client.post("/accounts/confirm/", {"password": "wrong", "next": APP}).status_code == 200
        assert client.get(APP).status_code == 302
        assert client.post("/accounts/confirm/", {"password": PASSWORD, "next": APP})["Location"] == APP
        assert client.get(APP).status_code == 200


def test_a_factor_is_not_changed_by_who_knows_only_the_password() -> None:
    """A session from before the factor was added, in somebody else's hands."""
    user = make_person(company=make_company())
    theirs = Client()
    type_password(theirs, user.email, PASSWORD)
    secret = give_app(user)
    for path in (OVERVIEW, APP, f"{APP}remove/", CODES, f"{CODES}new/", f"{OVERVIEW}passkeys/add/"):
        for method in (theirs.get, theirs.post):
            assert method(path)["Location"].startswith("/accounts/confirm/code/")
    assert theirs.post("/accounts/confirm/", {"password": PASSWORD})["Location"].startswith("/accounts/confirm/code/")
    assert Authenticator.objects.filter(type="totp").count() == 1
    theirs.post("/accounts/confirm/code/", {"code": code_now(secret)})
    assert theirs.get(OVERVIEW).status_code == 200


def test_removing_the_app_takes_the_recovery_codes_along() -> None:
    user = make_person(company=make_company())
    client = Client()
    sign_in_with_code(client, user.email, code_now(give_app(user)))
    assert client.get(f"{APP}remove/").status_code == 200
    client.post(f"{APP}remove/")
    assert not Authenticator.objects.exists()
    assert type_password(Client(), user.email, PASSWORD)["Location"] == "/"


def test_new_recovery_codes_replace_the_old_ones_and_the_session_goes_on() -> None:
    user = make_person(company=make_company())
    give_app(user)
    old = recovery_codes(user)
    client = Client()
    sign_in_with_code(client, user.email, old[0])
    page = client.post(f"{CODES}new/", follow=True).content.decode()
    assert re.findall(r"<code>(\d{8})</code>", page) == recovery_codes(user)
    assert client.get(OVERVIEW).status_code == 200
    assert sign_in_with_code(Client(), user.email, old[1]).status_code == 200


def test_somebody_elses_passkey_is_like_one_that_does_not_exist() -> None:
    other = Authenticator.objects.create(user=make_person("b@example.com"), type="webauthn", data={"name": "theirs"})
    client = signed_in()
    for what in ("name", "remove"):
        for pk in (other.pk, 987654):
            path = f"{OVERVIEW}passkeys/{pk}/{what}/"
            assert (client.get(path).status_code, client.post(path).status_code) == (404, 404)
    assert Authenticator.objects.filter(pk=other.pk).exists()


ODD = [
    "", "null", "1", "[]", "{}", '"x"', "{", '{"response": 1}', '{"response": {}}',
    '{"id": "x", "response": {"userHandle": 1}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA",'
    '"signature":"AA","userHandle":"MQ"}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"AA"}}',
]  # fmt: skip


@pytest.mark.parametrize("credential", ODD)
def test_odd_answers_about_passkeys_open_nothing_and_break_nothing(credential: str) -> None:
    user = make_person(company=make_company())
    give_app(user)
    client = Client(HTTP_HOST="localhost")
    client.get("/accounts/login/passkey/")
    assert client.post("/accounts/login/passkey/", {"credential": credential})["Location"] == "/accounts/login/"
    type_password(client, user.email, PASSWORD)
    client.get(SECOND_STEP)
    assert client.post(SECOND_STEP, {"credential": credential}).status_code == 200
    assert not is_signed_in(client)
    session = Client(HTTP_HOST="localhost")
    type_password(session, make_person("bob@example.com").email, PASSWORD)
    session.get(f"{OVERVIEW}passkeys/add/")
    assert session.post(f"{OVERVIEW}passkeys/add/", {"credential": credential, "name": "x"}).status_code == 200
    assert not Authenticator.objects.filter(type="webauthn").exists()
