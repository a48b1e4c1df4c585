"""What makes codes is encrypted at rest: a dump opens nothing, keys can be changed, and a lost key has a way back."""

import json
import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from companies.models import User
from tests.companies.factories import (
    PASSWORD,
    is_signed_in,
    make_company,
    make_person,
    run_command,
    sign_in,
    type_password,
)
from tests.companies.factors import (
    OVERVIEW,
    SECOND_STEP,
    code_now,
    enforce,
    give_app,
    make_operator,
    recovery_codes,
    sign_in_with_code,
)
from tests.proofs import places
from tests.proofs.leaks import Hunt

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_no_secret_is_anywhere_while_an_app_is_set_up_and_afterwards() -> None:
    user = make_operator()
    client = Client()
    hunt = Hunt({})
    with places.listening(hunt):
        type_password(client, user.email, PASSWORD)
        page = client.get(f"{OVERVIEW}app/").content.decode()
        secret = re.search(r'<code class="secret">(\w+)<', page)
        assert secret
        places.add_database(hunt)
        shown = client.post(f"{OVERVIEW}app/", {"code": code_now(secret[1])}, follow=True).content.decode()
        codes = re.findall(r"<li><code>(\d{8})</code>", shown)
        sign_in_with_code(Client(), user.email, codes[0])
    places.add_database(hunt)
    places.add_dumpdata(hunt)
    places.add_pages(hunt, client, "/admin/", OVERVIEW)
    places.add_mails(hunt)
    hunt.canaries = {"secret": secret[1], **{f"code {number}": code for number, code in enumerate(codes[1:])}}
    assert hunt.finds() == []
    assert len(codes) == 10


def test_the_search_finds_what_is_not_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof of the proof."""
    monkeypatch.setattr("companies.second_factor.adapter.seal", lambda text: text)
    secret = give_app(make_person())
    hunt = Hunt({"secret": secret})
    places.add_dumpdata(hunt)
    assert hunt.finds() != []


def test_after_a_change_of_keys_the_app_still_works_and_the_old_key_can_go(settings: Settings) -> None:
    user = make_person(company=make_company())
    secret, codes = give_app(user), recovery_codes(user)
    new = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, *settings.FIELD_ENCRYPTION_KEYS]
    assert sign_in_with_code(Client(), user.email, codes[0]).status_code == 302
    assert run_command("renew_encryption") == (
        0,
        "2 encrypted with the newest key, 0 can't be decrypted with any key.\n",
    )
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert sign_in_with_code(Client(), user.email, code_now(secret)).status_code == 302
    assert sign_in_with_code(Client(), user.email, codes[1]).status_code == 302
    assert recovery_codes(user) == codes[2:]


def test_what_no_key_opens_is_counted_and_left_alone(settings: Settings) -> None:
    give_app(make_person())
    before = list(Authenticator.objects.order_by("pk").values_list("data", flat=True))
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    status, printed = run_command("renew_encryption", "--json")
    assert (status, json.loads(printed)) == (1, {"renewed": 0, "lost": 2})
    assert list(Authenticator.objects.order_by("pk").values_list("data", flat=True)) == before


def test_with_a_lost_key_no_code_opens_and_the_page_says_what_to_do(settings: Settings) -> None:
    user = make_person()
    secret, codes = give_app(user), recovery_codes(user)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    client = Client()
    for code in (code_now(secret), codes[0], "000000"):
        assert "the key that protects them is lost" in sign_in_with_code(client, user.email, code).content.decode()
    assert not is_signed_in(client)


def test_the_way_back_from_a_lost_key_is_on_the_command_line(settings: Settings) -> None:
    user = make_operator()
    give_app(user)
    enforce()
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    call_command("reset_two_factor", user.email, reason="the key is lost", stdout=StringIO())
    client = Client()
    type_password(client, user.email, PASSWORD)
    assert client.get("/admin/")["Location"] == OVERVIEW
    assert client.get(f"{OVERVIEW}app/").status_code == 200


def test_the_overview_opens_and_new_codes_can_be_made_whatever_became_of_the_key(settings: Settings) -> None:
    user = make_person()
    code = (give_app(user), recovery_codes(user))[1][0]
    client = Client()
    sign_in_with_code(client, user.email, code)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert "9 codes are left" in client.get(OVERVIEW).content.decode()
    assert client.get(f"{OVERVIEW}codes/new/").status_code == 200
    assert "never again" in client.post(f"{OVERVIEW}codes/new/", follow=True).content.decode()


def test_an_app_that_is_being_set_up_when_the_key_changes_gets_another_secret(settings: Settings) -> None:
    make_person()
    client = Client()
    type_password(client, "ana@example.com", PASSWORD)
    client.get(f"{OVERVIEW}app/")
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert client.get(f"{OVERVIEW}app/").status_code == 200


def test_a_persons_page_shows_no_secret() -> None:
    user = make_person("bob@example.com")
    secret = give_app(user)
    page = sign_in(make_operator()).get(f"/admin/companies/user/{user.pk}/change/").content.decode()
    assert "Authenticator app" in page
    for factor in Authenticator.objects.all():
        assert not [value for value in factor.data.values() if isinstance(value, str) and value in page]
    assert secret not in page
    assert User.objects.count() == 2
    assert SECOND_STEP not in page
