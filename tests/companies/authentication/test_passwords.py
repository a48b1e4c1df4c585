"""Changing a password, and getting back in without it."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from companies.mail.outbox import send_due_mails
from companies.models import OutgoingMail
from tests.companies.factories import PASSWORD, is_signed_in, make_company, make_person, sign_in, type_password

pytestmark = pytest.mark.django_db
NEW = " a brand new \u00e9 phrase "


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str | None = None) -> object:
    return client.post(
        "/accounts/password/change/",
        {"oldpassword": old, "password1": new, "password2": new if again is None else again},
    )


def ask_for_link(email: str = "ana@example.com", **extra: Any) -> object:
    return Client().post("/accounts/password/reset/", {"email": email}, follow=True, **extra)


def mailed_path() -> str:
    send_due_mails()
    found = re.search(r"http://localhost:8000(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_changing_the_password_keeps_this_session_and_ends_the_others() -> None:
    user = make_person(company=make_company(), password_is_from_shop=True)
    here, elsewhere = sign_in(user), sign_in(user)
    change(here)
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not user.password_is_from_shop


def test_changing_it_needs_the_current_one_and_two_equal_new_ones() -> None:
    user = make_person(company=make_company())
    client = sign_in(user)
    change(client, old="wrong")
    change(client, again=NEW.strip())
    change(client, new="12345678")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_guessing_the_current_password_in_a_strangers_browser_is_slowed_down() -> None:
    client = sign_in(make_person(company=make_company()))
    answers = [change(client, old="wrong").status_code for _ in range(7)]  # type: ignore[attr-defined]
    assert answers[-1] == 429


def test_a_password_from_the_shop_is_offered_to_be_changed() -> None:
    user = make_person(company=make_company(), password_is_from_shop=True)
    client = sign_in(user)
    assert "typed in the shop" in client.get("/").content.decode()
    change(client)
    assert "typed in the shop" not in client.get("/").content.decode()


def test_the_link_from_the_mail_works_once_and_ends_every_session() -> None:
    user = make_person(company=make_company(), password_is_from_shop=True)
    elsewhere = sign_in(user)
    ask_for_link(" ANA@example.com")
    path, client = mailed_path(), Client()
    form = client.get(path, follow=True)
    key_free = form.request["PATH_INFO"]
    assert path.split("-", 1)[1].strip("/") not in key_free
    client.post(key_free, {"password1": NEW, "password2": NEW})
    assert elsewhere.get("/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not user.password_is_from_shop
    assert "<title>This link is no longer valid" in Client().get(path, follow=True).content.decode()


def test_the_link_says_whose_password_it_is_and_leads_to_their_sign_in_whoever_is_signed_in_here() -> None:
    company = make_company(users=9)
    make_person(company=company)
    client = sign_in(make_person("bob@example.com", company=company))
    ask_for_link()
    form = client.get(mailed_path(), follow=True)
    assert "From now on you sign in with ana@example.com and this password." in form.content.decode()
    done = client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW}, follow=True)
    page = done.content.decode()
    assert ("<title>Sign in with your new password" in page, page.count("Your password is changed")) == (True, 1)
    assert "bob@example.com" not in page
    assert "<title>Sign in" in client.get("/accounts/login/").content.decode()


def test_after_a_reset_the_owner_is_not_kept_out_by_somebody_elses_guesses() -> None:
    make_person(company=make_company())
    for number in range(5):
        type_password(Client(), "ana@example.com", "wrong", REMOTE_ADDR=f"10.0.0.{number}")
    ask_for_link()
    path, client = mailed_path(), Client()
    client.get(path)
    client.post(re.sub(r"-[^/]+/$", "-set-password/", path), {"password1": NEW, "password2": NEW})
    type_password(client, "ana@example.com", NEW)
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "email", ["ana@example.com", "nobody@example.com", "inactive@example.com", "\u212aelly@example.com"]
)
def test_asking_for_a_link_answers_the_same_for_every_address(email: str) -> None:
    make_person()
    make_person("inactive@example.com", is_active=False)
    make_person("kelly@example.com")
    page = ask_for_link(email)
    assert page.redirect_chain == [("/accounts/password/reset/done/", 302)]  # type: ignore[attr-defined]
    assert OutgoingMail.objects.count() == 1
    assert send_due_mails() == (1 if email == "ana@example.com" else 0)
    assert OutgoingMail.objects.count() == len(mail.outbox) == (1 if email == "ana@example.com" else 0)


def test_the_answer_is_the_same_when_the_mail_server_is_down(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    make_person()
    assert ask_for_link().status_code == 200  # type: ignore[attr-defined]
    assert send_due_mails() == 0
    waiting = OutgoingMail.objects.get()
    assert (waiting.attempts, waiting.sent_at) == (1, None)


def test_without_mail_the_page_says_so_to_everybody(settings: Settings) -> None:
    settings.MAIL_IS_CONFIGURED = False
    make_person()
    assert "sends no mail" in Client().get("/accounts/password/reset/").content.decode()
    for email in ("ana@example.com", "nobody@example.com"):
        assert "sends no mail" in ask_for_link(email).content.decode()  # type: ignore[attr-defined]
    assert not OutgoingMail.objects.exists()


def test_the_link_leads_to_the_configured_address_whatever_the_request_said(settings: Settings) -> None:
    settings.SITE_URL = "https://app.example"
    make_person()
    ask_for_link(HTTP_HOST="localhost", HTTP_X_FORWARDED_HOST="evil.example")
    send_due_mails()
    assert "https://app.example/accounts/password/reset/key/" in mail.outbox[-1].body
    assert "evil" not in mail.outbox[-1].body
    assert Client().post("/accounts/password/reset/", {"email": "a@b.com"}, HTTP_HOST="evil.example").status_code == 400


def test_one_address_gets_at_most_five_links_in_a_minute() -> None:
    make_person()
    answers = [ask_for_link(REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(8)]  # type: ignore[attr-defined]
    assert answers.count(200) == OutgoingMail.objects.count() == 5
    assert answers[-1] == 429
