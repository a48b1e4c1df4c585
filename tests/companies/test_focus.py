"""Where the cursor is on a form that was refused: whoever types has to see what is wrong, and go on from there."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from companies import team
from companies.authentication.links import invitation_url, set_password_url
from companies.events import Actor
from companies.models import Invitation, Role
from tests.companies.factories import PASSWORD, make_company, make_person, sign_in, type_password
from tests.companies.soft_key import SoftKey

pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000"
NEW = "another staple of mine"


def focused(client: Client, path: str, **typed: str) -> list[str]:
    page = client.post(path, typed).content.decode()
    return [tag.split('name="')[1].split('"')[0] for tag in page.split("<") if " autofocus" in tag]


def test_the_name_of_an_account() -> None:
    client = sign_in(make_person(company=make_company()))
    assert focused(client, "/account/", name=" ", language="en") == ["name"]
    assert focused(client, "/account/", name="Ana", language="tlh") == ["language"]


def test_a_password_comes_back_empty_and_is_typed_anew() -> None:
    client = sign_in(make_person(company=make_company()))
    change = "/accounts/password/change/"
    assert focused(client, change, oldpassword=PASSWORD, password1=NEW, password2="other") == ["oldpassword"]
    link = set_password_url(make_person("bob@example.com")).removeprefix(SITE)
    stranger = Client()
    stranger.get(link)
    assert focused(stranger, link, password1=NEW, password2="other") == ["password1"]


def test_whoever_typed_a_wrong_password_types_the_address_no_second_time() -> None:
    make_person()
    assert focused(Client(), "/accounts/login/", login="ana@example.com", password="wrong") == ["password"]
    assert focused(Client(), "/accounts/login/", login="", password=PASSWORD) == ["login"]


def test_a_newcomer_whose_name_is_good() -> None:
    company = make_company(users=9)
    owner = Actor.person(make_person(company=company))
    asked = team.add_member(company, email="bob@example.com", name="", role=Role.MEMBER, password=None, actor=owner)
    assert isinstance(asked, Invitation)
    path = invitation_url(asked).removeprefix(SITE)
    assert focused(Client(), path, name="Bob", password1=NEW, password2="other") == ["password1"]
    assert focused(Client(), path, name="", password1=NEW, password2=NEW) == ["name"]


def test_a_name_for_a_passkey() -> None:
    person, client = make_person(company=make_company()), Client(HTTP_HOST="localhost")
    type_password(client, person.email, PASSWORD)
    SoftKey().register(client)
    key = Authenticator.objects.get(type="webauthn")
    assert focused(client, f"/accounts/two-factor/passkeys/{key.pk}/name/", name=" ") == ["name"]
