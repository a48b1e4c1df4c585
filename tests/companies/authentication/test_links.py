"""Links that open a door once."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from companies import team
from companies.authentication.links import (
    invitation_url,
    load_new_address,
    load_user_by_token,
    new_address_url,
    set_password_url,
)
from companies.events import Actor
from companies.models import Company, Invitation, Role, User
from companies.people.seats import seats_taken
from tests.companies.factories import PASSWORD, is_signed_in, make_company, make_person, sign_in, type_password

pytestmark = pytest.mark.django_db
NEW = " my own long phrase "


def path_of(url: str) -> str:
    return urlsplit(url).path


def token_of(url: str) -> str:
    return path_of(url).rstrip("/").rpartition("/")[2]


def invite(company: Company, email: str = "bob@example.com", role: Role = Role.MEMBER) -> Invitation:
    invitation = team.add_member(company, email=email, name="Bob", role=role, password=None, actor=Actor("boss"))
    assert isinstance(invitation, Invitation)
    return invitation


def choose(path: str, password: str = NEW, **more: str) -> tuple[Client, int]:
    client = Client()
    answer = client.post(path, {"password1": password, "password2": password, **more})
    return client, answer.status_code


def test_a_set_password_link_lets_a_buyer_without_a_password_in_once() -> None:
    user = make_person(company=make_company(), password=None)
    path = path_of(set_password_url(user))
    assert "ana@example.com" in Client().get(path).content.decode()
    client, status = choose(path)
    assert status == 302
    assert client.get("/").status_code == 200
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert choose(path, "another long phrase")[1] == 410


def test_a_set_password_link_dies_with_a_sign_in() -> None:
    user = make_person(company=make_company())
    path = path_of(set_password_url(user))
    type_password(Client(), user.email, PASSWORD)
    assert Client().get(path).status_code == 410


def test_a_set_password_link_dies_after_fourteen_days() -> None:
    path = path_of(set_password_url(make_person()))
    with time_machine.travel(timezone.now() + timedelta(days=13, hours=23), tick=False):
        assert Client().get(path).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1), tick=False):
        assert Client().get(path).status_code == 410


def test_whoever_comes_too_late_with_a_set_password_link_is_led_to_a_new_one() -> None:
    used, old = make_person(), make_person("bob@example.com", password=None)
    paths = [path_of(set_password_url(person)) for person in (used, old)]
    client, _status = choose(paths[0])
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        late = [Client().get(path) for path in (*paths, "/welcome/nobodys/")]
        assert [answer.status_code for answer in late] == [410, 410, 410]
        page = late[0].content.decode()
        assert '<a href="/accounts/password/reset/">Forgot your password?</a>' in page
        assert "ask whoever sent you" not in page
        # A stranger can't tell from the page whether there was an account.
        assert {wherever(answer.content.decode()) for answer in late} == {wherever(page)}
    signed_in = client.get(paths[0]).content.decode()
    assert '<a href="/accounts/password/change/" role="button">' in signed_in
    assert "/accounts/password/reset/" in signed_in


def wherever(page: str) -> str:
    """The page without what differs by the address it was asked at, and by the token of its form."""
    return re.sub(r'name="(next|csrfmiddlewaretoken)" value="[^"]*"', "", page)


def test_without_mail_only_whoever_made_a_set_password_link_can_make_another(settings: Settings) -> None:
    settings.MAIL_IS_CONFIGURED = False
    page = Client().get("/welcome/nobodys/").content.decode()
    assert "ask whoever sent you" in page
    assert "/accounts/password/reset/" not in page


def test_a_set_password_link_is_nobodys_who_is_inactive_and_nothing_when_changed() -> None:
    user = make_person()
    path = path_of(set_password_url(user))
    assert Client().get(path.replace("/welcome/", "/welcome/x")).status_code == 410
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert Client().get(path).status_code == 410


def test_an_invitations_link_is_no_set_password_link_and_the_other_way_round() -> None:
    user, invitation = make_person(), invite(make_company())
    assert Client().get(path_of(set_password_url(user)).replace("welcome", "join")).status_code == 410
    assert Client().get(path_of(invitation_url(invitation)).replace("join", "welcome")).status_code == 410


def test_a_page_with_a_link_is_not_kept_and_not_told_to_other_sites() -> None:
    answer = Client().get(path_of(set_password_url(make_person())))
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_newcomer_joins_through_the_link() -> None:
    company = make_company()
    client, status = choose(path_of(invitation_url(invite(company))), name="Bob B")
    assert status == 302
    assert client.get("/").status_code == 200
    assert User.objects.get(email="bob@example.com").memberships.get().company == company


def test_the_page_of_a_link_does_not_tell_whether_the_address_is_known() -> None:
    company, other = make_company(), make_company("Other")
    path = path_of(invitation_url(invite(company)))
    before = Client().get(path)
    make_person("bob@example.com", company=other)
    after = Client().get(path)
    assert before.content.split(b"csrfmiddlewaretoken")[0] == after.content.split(b"csrfmiddlewaretoken")[0]


def test_a_known_person_is_not_given_a_new_password_by_a_link() -> None:
    company, bob = make_company(), make_person("bob@example.com")
    client, status = choose(path_of(invitation_url(invite(company))), name="Bob B")
    bob.refresh_from_db()
    assert (status, is_signed_in(client), bob.check_password(PASSWORD)) == (200, False, True)


def test_a_known_person_answers_after_signing_in() -> None:
    company, bob = make_company(), make_person("bob@example.com")
    invitation = invite(company)
    client = sign_in(bob)
    assert "Accept" in client.get(path_of(invitation_url(invitation))).content.decode()
    client.post(f"/invitations/{invitation.pk}/accept/")
    assert client.get("/").context["request"].company == company


def test_a_link_in_somebody_elses_browser_joins_nobody() -> None:
    company, eve = make_company(), make_person("eve@example.com")
    client, invitation = sign_in(eve), invite(company)
    page = client.post(path_of(invitation_url(invitation)), {"name": "x", "password1": NEW, "password2": NEW})
    assert "Sign out, then open the link again" in page.content.decode()
    assert client.post(f"/invitations/{invitation.pk}/accept/").status_code == 404
    assert not company.memberships.exists()


def test_a_withdrawn_or_expired_or_answered_invitation_opens_nothing() -> None:
    company = make_company()
    withdrawn, expired = invite(company), invite(company, "carla@example.com")
    team.withdraw(withdrawn, actor=Actor("boss"))
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    for invitation in (withdrawn, expired):
        assert choose(path_of(invitation_url(invitation)), name="x")[1] == 410
    assert not User.objects.exists()


def test_declining_frees_the_seat_and_keeps_the_person() -> None:
    company, bob = make_company(), make_person("bob@example.com")
    invitation = invite(company)
    sign_in(bob).post(f"/invitations/{invitation.pk}/decline/")
    assert seats_taken(company) == 0
    assert sign_in(bob).post(f"/invitations/{invitation.pk}/decline/").status_code == 404


def test_links_outlive_a_new_signing_key_as_long_as_the_old_one_is_accepted(settings: Settings) -> None:
    person = make_person()
    old = settings.SECRET_KEY
    welcome, address = set_password_url(person), new_address_url(person, "new@example.com")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key " * 5, [old]
    assert load_user_by_token(token_of(welcome)) == person
    assert load_new_address(token_of(address), person) == "new@example.com"
    settings.SECRET_KEY_FALLBACKS = []
    assert load_user_by_token(token_of(welcome)) is None
    assert load_new_address(token_of(address), person) is None


def test_whoever_is_signed_in_is_not_told_to_sign_in_by_a_link_that_is_no_longer_good() -> None:
    client = sign_in(make_person(company=make_company()))
    page = client.get("/join/nonsense/").content.decode()
    assert "You are signed in; if you still need" in page
    assert 'href="/accounts/login/"' not in page
    assert "If you have a password, just sign in." in Client().get("/join/nonsense/").content.decode()
