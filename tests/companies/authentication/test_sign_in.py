"""The sign-in page, used as people use it."""

from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from companies.authentication.hashers import encode_readings
from companies.models import User
from tests.companies.factories import PASSWORD, is_signed_in, make_company, make_person, sign_in, type_password

pytestmark = pytest.mark.django_db

ODD_PASSWORDS = [
    " leading", "trailing ", " \t both \t ", "\U0001f511\U0001f3f4\u200d\u2620\ufe0f key", "caf\u00e9", "cafe\u0301",
    "&amp;x", "a&b", "<b>\"'`;--", "x" * 200, "\u00a0nbsp\u00a0", "%00+%20",
]  # fmt: skip


@pytest.mark.parametrize("password", ODD_PASSWORDS)
def test_a_password_works_exactly_as_it_was_chosen(password: str) -> None:
    make_person(company=make_company(), password=password)
    client = Client()
    type_password(client, "ana@example.com", password)
    assert is_signed_in(client)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("chosen", "typed"), [("caf\u00e9", "cafe\u0301"), ("secret pw", "secret pw "), ("a&amp;b", "a&b")]
)
def test_a_password_that_only_looks_alike_does_not_work(chosen: str, typed: str) -> None:
    make_person(password=chosen)
    client = Client()
    type_password(client, "ana@example.com", typed)
    assert not is_signed_in(client)


@pytest.mark.parametrize("spelling", ["ana@example.com", "ANA@EXAMPLE.COM", "  Ana@Example.com "])
def test_the_address_works_in_any_spelling(spelling: str) -> None:
    make_person()
    client = Client()
    type_password(client, spelling, PASSWORD)
    assert is_signed_in(client)


def test_an_address_with_a_foreign_domain_works_in_letters_and_in_punycode() -> None:
    make_person("ana@m\u00fcnchen.example")
    for spelling in ("ana@M\u00dcNCHEN.example", "ana@xn--mnchen-3ya.example"):
        client = Client()
        type_password(client, spelling, PASSWORD)
        assert is_signed_in(client)


@pytest.mark.parametrize("stranger", ["\u212aelly@example.com", "KELLY\u200b@example.com"])
def test_letters_that_only_look_like_others_open_nothing(stranger: str) -> None:
    make_person("kelly@example.com")
    client = Client()
    assert type_password(client, stranger, PASSWORD).status_code == 200
    assert not is_signed_in(client)


def test_either_reading_of_a_first_password_opens_and_is_then_the_only_one() -> None:
    user = make_person()
    User.objects.filter(pk=user.pk).update(password=encode_readings(["a&amp;b", "a&b"]))
    client = Client()
    type_password(client, user.email, "a&b")
    assert is_signed_in(client)
    user.refresh_from_db()
    assert user.check_password("a&b")
    assert not user.check_password("a&amp;b")


def test_the_page_says_the_same_for_every_kind_of_failure() -> None:
    make_person("known@example.com")
    make_person("inactive@example.com", is_active=False)
    make_person("unusable@example.com", password=None)
    pages = set()
    for email, password in [
        ("known@example.com", "wrong"), ("nobody@example.com", "wrong"), ("inactive@example.com", PASSWORD),
        ("unusable@example.com", "wrong"), ("no-address", "wrong"),
    ]:  # fmt: skip
        answer = type_password(Client(), email, password)
        text = answer.content.decode().replace(email, "ADDRESS")
        token = answer.context["csrf_token"]
        pages.add((answer.status_code, text.replace(str(token), "")))
    assert len({status for status, _ in pages}) == 1
    assert len({"".join(text.split('name="csrfmiddlewaretoken"')[0]) for _, text in pages}) == 1
    assert all("or the password is wrong" in text for _, text in pages)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "The e-mail address or the password is wrong."),
        ("es", "La dirección de correo electrónico o la contraseña no es correcta."),
        ("pt-br", "O endereço de e-mail ou a senha está errado."),
    ],
)
def test_a_sign_in_that_failed_is_told_in_our_words(language: str, told: str) -> None:
    typed = {"login": "ana@example.com", "password": "x"}
    page = Client().post("/accounts/login/", typed, headers={"accept-language": language}).content.decode()
    assert told in page


def test_the_password_is_never_shown_again() -> None:
    assert b"my typed secret" not in type_password(Client(), "ana@example.com", "my typed secret").content


def test_guessing_is_slowed_down_for_every_spelling_of_one_address_and_for_any_host() -> None:
    make_person()
    spellings = ["ana@example.com", "ANA@example.com", " ana@EXAMPLE.com", "ana@example.com ", "Ana@Example.Com"]
    for number, spelling in enumerate(spellings):
        type_password(Client(), spelling, "wrong", REMOTE_ADDR=f"10.0.0.{number}", HTTP_HOST="localhost")
    client = Client()
    answer = type_password(client, "ana@example.com", PASSWORD, REMOTE_ADDR="10.0.1.1", HTTP_HOST="127.0.0.1")
    assert "Nothing is locked: try again in five minutes." in answer.content.decode()
    assert not is_signed_in(client)


def test_one_address_that_guesses_at_many_people_is_slowed_down_too() -> None:
    for number in range(10):
        type_password(Client(), f"person{number}@example.com", "wrong")
    make_person("late@example.com")
    client = Client()
    type_password(client, "late@example.com", PASSWORD)
    assert not is_signed_in(client)


def test_guesses_at_many_others_do_not_make_one_forgotten() -> None:
    make_person()
    for number in range(5):
        type_password(Client(), "ana@example.com", "wrong", REMOTE_ADDR=f"10.0.0.{number}")
    for number in range(400):
        cache.set(f"somebody-else-{number}", 1)
    client = Client()
    type_password(client, "ana@example.com", PASSWORD, REMOTE_ADDR="10.0.1.1")
    assert not is_signed_in(client)


def test_a_header_that_anybody_can_write_does_not_help_the_guesser() -> None:
    for number in range(10):
        type_password(Client(), f"person{number}@example.com", "wrong", HTTP_X_FORWARDED_FOR=f"10.1.1.{number}")
    make_person("late@example.com")
    client = Client()
    type_password(client, "late@example.com", PASSWORD, HTTP_X_FORWARDED_FOR="10.9.9.9")
    assert not is_signed_in(client)


def test_whoever_is_signed_in_already_keeps_working_while_others_guess() -> None:
    ana = sign_in(make_person(company=make_company()))
    for _ in range(12):
        type_password(Client(), "ana@example.com", "wrong")
    assert ana.get("/").status_code == 200


def test_the_administrations_sign_in_takes_no_password_but_leads_to_the_throttled_page() -> None:
    make_person("op@example.com", is_staff=True, is_superuser=True)
    for _ in range(3):
        client = Client()
        answer = client.post("/admin/login/", {"username": "op@example.com", "password": PASSWORD})
        assert urlsplit(answer["Location"]).path == "/accounts/login/"
        assert not is_signed_in(client)


def test_an_operator_is_led_through_sign_in_to_where_they_wanted() -> None:
    make_person("op@example.com", is_staff=True, is_superuser=True)
    client = Client()
    answer = client.get("/admin/companies/company/", follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/login/"
    target = answer.context["redirect_field_value"]
    answer = client.post("/accounts/login/", {"login": "op@example.com", "password": PASSWORD, "next": target})
    assert answer["Location"] == "/admin/companies/company/"


def test_a_customer_at_the_administration_is_answered_like_a_stranger() -> None:
    ana = sign_in(make_person(company=make_company()))
    for path in ("/admin/", "/admin/login/", "/admin/companies/user/", "/admin/password_change/"):
        theirs, strangers = ana.get(path), Client().get(path)
        assert (theirs.status_code, theirs["Location"]) == (strangers.status_code, strangers["Location"])
    page = ana.get("/admin/", follow=True)
    assert page.request["PATH_INFO"] == "/accounts/login/"
    assert page.status_code == 200


def test_the_administrations_own_password_page_is_not_reachable() -> None:
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    assert operator.get("/admin/password_change/")["Location"] == reverse("account_change_password")


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(target: str) -> None:
    make_person()
    answer = Client().post("/accounts/login/", {"login": "ana@example.com", "password": PASSWORD, "next": target})
    assert answer["Location"] == "/"


def test_signing_out_needs_a_post_and_ends_the_session_on_the_server() -> None:
    ana = sign_in(make_person(company=make_company()))
    assert ana.get("/accounts/logout/").status_code == 405
    cookie = ana.cookies["sessionid"].value
    assert "Clear-Site-Data" in ana.post("/accounts/logout/")
    replay = Client()
    replay.cookies["sessionid"] = cookie
    assert replay.get("/").status_code == 302


def test_a_session_has_a_new_id_after_signing_in() -> None:
    make_person(company=make_company())
    client = Client()
    client.cookies["sessionid"] = "x" * 32
    type_password(client, "ana@example.com", PASSWORD)
    assert client.cookies["sessionid"].value != "x" * 32
    assert client.cookies["sessionid"]["httponly"]


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/email/", "/accounts/password/set/", "/accounts/2fa/"])
def test_what_allauth_could_do_beyond_signing_in_is_not_there(path: str) -> None:
    assert Client().get(path).status_code == 404
