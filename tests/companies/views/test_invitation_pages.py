"""Open invitations on the team's page: sent again, their link, taken back."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from companies.mail.outbox import send_due_mails
from companies.models import Company, Role
from tests.companies.factories import make_company, make_person, sign_in
from tests.companies.team_page import add, key_of

pytestmark = pytest.mark.django_db
BOB = "bob@example.com"


def resend(client: Client, company: Company, email: str = BOB) -> str:
    return client.post(f"/team/{key_of(company, email)}/resend/", follow=True).content.decode()


def test_an_invitation_is_mailed_again_and_its_link_stays_on_the_page() -> None:
    company = make_company()
    client = sign_in(make_person(company=company))
    add(client)
    assert "less than 10 minutes ago" in resend(client, company)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        page = resend(client, company)
        assert f"{BOB} gets the invitation once more" in page
        assert send_due_mails() == 2
    link = re.findall(r'value="http://localhost:8000(/join/[^"]+)"', page)[0]
    assert link.split(":")[0] in mail.outbox[1].body
    assert Client().get(link).status_code == 200


def test_without_mail_the_page_says_to_copy_the_link(settings: Settings) -> None:
    settings.MAIL_IS_CONFIGURED = False
    company = make_company()
    client = sign_in(make_person(company=company))
    add(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert "Copy its link and send it yourself" in resend(client, company)


def test_only_who_manages_sends_again_and_only_what_was_sent() -> None:
    company, foreign = make_company(users=9), make_company("Foreign")
    owner = sign_in(make_person(company=company))
    make_person("known@example.com", company=foreign)
    add(owner)
    add(owner, "boss@example.com", role="owner")
    add(owner, "fresh@example.com", password="a first password")
    add(owner, "known@example.com", password="a first password")
    member = sign_in(make_person("m@example.com", company=company, role=Role.MEMBER))
    admin = sign_in(make_person("adm@example.com", company=company, role=Role.ADMIN))
    stranger = sign_in(make_person("s@example.com", company=foreign))

    def answer(client: Client, email: str) -> int:
        return client.post(f"/team/{key_of(company, email)}/resend/").status_code

    # In a list of these two nobody learns which address is known here.
    assert [answer(owner, f"{who}@example.com") for who in ("fresh", "known")] == [404, 404]
    assert [answer(client, BOB) for client in (owner, admin, member, stranger)] == [302, 302, 403, 404]
    assert answer(admin, "boss@example.com") == 403


def test_sending_again_and_again_is_throttled(settings: Settings) -> None:
    company = make_company()
    client = sign_in(make_person(company=company))
    add(client)
    address = f"/team/{key_of(company, BOB)}/resend/"
    assert [client.post(address).status_code for _ in range(31)][-2:] == [302, 429]


def test_an_invitation_is_withdrawn_by_its_name_after_a_question() -> None:
    company = make_company()
    client = sign_in(make_person(company=company))
    page = add(client)
    assert "Withdraw the invitation" in page
    assert f"The link that {BOB} has stops working at once" in page
    page = client.post(f"/team/{key_of(company, BOB)}/remove/", follow=True).content.decode()
    assert f"The invitation of {BOB} is withdrawn" in page


def test_each_role_is_told_beside_its_choice_and_the_seats_in_words() -> None:
    company = make_company(users=3)
    owner = sign_in(make_person(company=company))
    page = add(owner)  # leads to the page of who was invited
    assert page.count("changes nothing in it.") == 1
    team = owner.get("/team/").content.decode()
    assert team.count("changes nothing in it.") == 1
    assert "1 seat is left." in team
    admin = sign_in(make_person("adm@example.com", company=company, role=Role.ADMIN)).get("/team/").content.decode()
    assert "Every seat is taken." in admin
    assert "also make and remove owners" not in admin
