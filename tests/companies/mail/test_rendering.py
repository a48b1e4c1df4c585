"""What mails look like: a text, and the same as a page that asks for nothing from anywhere."""

import re
from typing import Any

import pytest
from pytest_django import Settings

from companies import team
from companies.events import Actor
from companies.mail.outbox import (
    queue_alert,
    queue_invitation,
    queue_password_reset,
    queue_welcome,
)
from companies.models import Installation, Invitation, OutgoingMail, Role
from tests.companies.factories import PASSWORD, make_company, make_person, sign_in
from tests.companies.mail.post import NOTICES, page_of, queue_all, sent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "pt-br", "es"])
def test_every_mail_is_a_text_and_a_page_with_the_operators_name(language: str) -> None:
    Installation.objects.create(pk=1, product_name="Atende & Cia", accent_colour="#aa3300")
    queue_all(make_person(language=language))
    messages = sent()
    assert len(messages) == len(OutgoingMail.objects.all()) == len(NOTICES) + 3
    for message in messages:
        page = page_of(message)
        assert message.from_email == "Atende & Cia <ticketz@localhost>"
        assert message.body.endswith("\n\nAtende & Cia\nhttp://localhost:8000\n")
        assert "Atende &amp; Cia" in page
        assert "Ticketz" not in page + message.body + message.subject
        assert "background: #aa3300" in page
    assert f'<html lang="{language}">' in page_of(messages[0])


@pytest.mark.parametrize(
    ("inviter", "here_already", "subject"),
    [
        ({"language": "pt-br"}, "", "Você recebeu um convite para Shop"),
        ({"language": "pt-br"}, "es", "Ha recibido una invitación a Shop"),
        ({"language": ""}, "", "Ha recibido una invitación a Shop"),
        ({"language": "pt-br", "is_staff": True}, "", "Ha recibido una invitación a Shop"),
    ],
)
def test_an_invitation_is_in_the_language_of_who_is_invited_or_else_of_who_invites(
    inviter: dict[str, Any], here_already: str, subject: str
) -> None:
    company = make_company("Shop", language="spanish")
    boss = make_person("boss@example.com", **inviter)
    if here_already:
        make_person("bob@example.com", language=here_already)
    team.add_member(
        company, email="bob@example.com", name="Bob", role=Role.MEMBER, password=None, actor=Actor.person(boss)
    )
    [message] = sent()
    assert message.subject == subject
    assert re.search(r"equip\w+ (en|no) Ticketz", str(message.body))


def test_a_page_names_no_address_but_ours_and_loads_nothing() -> None:
    queue_all(make_person())
    for message in sent():
        page = page_of(message)
        assert all(address.startswith("http://localhost:8000") for address in re.findall(r"https?://[^\"<\s]+", page))
        assert not re.search(r"<(img|script|link|iframe|object)|url\(|@import|style=", page)


def test_text_and_page_have_the_same_link() -> None:
    queue_password_reset(make_person())
    [message] = sent()
    [link] = re.findall(r"http://localhost:8000/accounts/password/reset/key/\S+", str(message.body))
    assert f'<a class="button" href="{link}">' in page_of(message)


def test_a_name_is_no_markup_and_no_header_in_a_page() -> None:
    queue_all(make_person(), '</p><a href="https://evil.example">x</a>\r\nBcc: everybody@example.com\r\n\r\nhello')
    [message] = [m for m in sent() if "bob@example.com" in m.to]
    assert '<a href="https://evil' not in page_of(message)
    assert message.recipients() == ["bob@example.com"]
    headers = message.message()
    assert headers["Bcc"] is None
    assert "\n" not in message.subject
    assert not re.search(r"(?mi)^bcc:", headers.as_string().partition("\n\n")[0])


def test_the_installations_own_sender_name_is_kept(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Help <help@shop.example>"
    queue_welcome(make_person())
    [message] = sent()
    assert message.from_email == "Help <help@shop.example>"


def test_operators_know_their_service_as_ticketz() -> None:
    Installation.objects.create(pk=1, product_name="Helpdesk")
    boss = make_person(is_staff=True, is_superuser=True)
    queue_alert(boss, "alert_approval", {"gateway": "Shop", "what": "x", "path": "/admin/"})
    [message] = sent()
    assert message.subject.startswith("Ticketz: ")
    assert "Helpdesk" not in page_of(message)


def test_who_changes_a_password_is_told() -> None:
    client = sign_in(make_person())
    typed = {"oldpassword": PASSWORD, "password1": "an entirely new horse", "password2": "an entirely new horse"}
    assert client.post("/accounts/password/change/", typed).status_code == 302
    [message] = sent()
    assert message.subject == "Ticketz: your password was changed"
    assert "http://localhost:8000/accounts/password/reset/" in message.body


def test_an_invitation_that_is_sent_twice_is_two_mails() -> None:
    invitation = team.add_member(
        make_company(), email="bob@example.com", name="Bob", role=Role.MEMBER, password=None, actor=Actor("boss")
    )
    assert isinstance(invitation, Invitation)
    queue_invitation(invitation)
    assert len(sent()) == 2
