"""The outbox."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from companies import team
from companies.events import Actor
from companies.mail.outbox import (
    drop_queued_before,
    queue_alert,
    queue_invitation,
    queue_password_reset,
    queue_welcome,
    send_due_mails,
)
from companies.models import BillingSource, Invitation, OutgoingMail, Role, User
from companies.models.mail import MAX_ATTEMPTS
from tests.companies.factories import make_company, make_person, sign_in

pytestmark = pytest.mark.django_db
BOSS = Actor("boss")


def invite(email: str = "bob@example.com", name: str = "Ana Sousa") -> Invitation:
    invitation = team.add_member(
        make_company(name), email=email, name="Bob", role=Role.MEMBER, password=None, actor=BOSS
    )
    assert isinstance(invitation, Invitation)
    return invitation


def test_an_invitation_is_mailed_once_with_a_link_and_no_password() -> None:
    invite()
    assert send_due_mails() == 1
    assert send_due_mails() == 0
    assert mail.outbox[0].to == ["bob@example.com"]
    assert "http://localhost:8000/join/" in mail.outbox[0].body


@time_machine.travel(datetime(2026, 7, 1, 12, tzinfo=UTC), tick=False)
def test_an_invitation_says_until_when_its_link_is_good_and_that_of_an_owner_never_ends() -> None:
    invite()
    send_due_mails()
    assert "\n\nIt is good until July 15, 2026.\n\nYou don't know" in mail.outbox[0].body
    team.invite_owner_unlimited(make_company(), make_person("cleo@example.com"), actor=BOSS, at=timezone.now())
    send_due_mails()
    assert "It is good" not in mail.outbox[1].body


def test_a_known_person_is_mailed_too() -> None:
    make_person("bob@example.com")
    team.add_member(
        make_company(), email="bob@example.com", name="B", role=Role.MEMBER, password="never mailed pw", actor=BOSS
    )
    send_due_mails()
    assert "never mailed" not in mail.outbox[0].body


def test_an_owner_who_is_asked_about_a_purchase_is_mailed() -> None:
    team.invite_owner_unlimited(make_company(), make_person("bob@example.com"), actor=BOSS, at=timezone.now())
    assert send_due_mails() == 1


def test_a_buyer_without_a_password_is_mailed_a_link() -> None:
    queue_welcome(make_person(password=None))
    send_due_mails()
    assert "http://localhost:8000/welcome/" in mail.outbox[0].body
    assert not OutgoingMail.objects.filter(sent_at=None).exists()


def test_without_mail_nothing_waits(settings: Settings) -> None:
    settings.MAIL_IS_CONFIGURED = False
    queue_welcome(make_person())
    assert not OutgoingMail.objects.exists()


def test_a_mail_whose_invitation_is_gone_is_not_sent() -> None:
    invitation = invite()
    team.withdraw(invitation, actor=BOSS)
    assert send_due_mails() == 0
    assert not mail.outbox


def test_a_failing_mail_is_tried_five_times_with_growing_pauses(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    queue_welcome(make_person())
    now = timezone.now()
    for _ in range(MAX_ATTEMPTS + 2):
        with time_machine.travel(now, tick=False):
            send_due_mails()
            send_due_mails()  # too early for another attempt
        now += timedelta(days=1)
    waiting = OutgoingMail.objects.get()
    assert (waiting.attempts, waiting.sent_at, waiting.last_error) == (MAX_ATTEMPTS, None, "ConnectionRefusedError")


def test_a_mail_that_could_not_be_sent_is_sent_when_the_server_is_back(settings: Settings) -> None:
    queue_welcome(make_person())
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert send_due_mails() == 0
    settings.EMAIL_BACKEND = backend
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert send_due_mails() == 1


def test_a_mail_that_nobody_can_write_keeps_no_other_waiting() -> None:
    operator = make_person("op@example.com", is_staff=True, is_superuser=True)
    queue_alert(operator, "of_another_version", {})
    queue_welcome(operator)
    assert send_due_mails() == 1
    assert OutgoingMail.objects.get(sent_at=None).last_error == "TemplateDoesNotExist"


def test_a_name_can_neither_add_headers_nor_markup() -> None:
    invite(name="Evil\r\nBcc: everybody@example.com <b>")
    send_due_mails()
    assert mail.outbox[0].subject == "You are invited to Evil Bcc: everybody@example.com <b>"
    assert mail.outbox[0].recipients() == ["bob@example.com"]


def test_nothing_is_sent_to_who_was_switched_off_and_no_alert_to_who_is_no_superuser_any_more() -> None:
    left, demoted = make_person("left@example.com"), make_person("demoted@example.com", is_staff=True)
    for person in (left, demoted):
        queue_alert(person, "alert_silent", {})
        queue_welcome(person)
    User.objects.filter(pk=left.pk).update(is_active=False)
    assert send_due_mails() == 1
    assert mail.outbox[0].to == ["demoted@example.com"]
    assert OutgoingMail.objects.filter(last_error="no longer needed").count() == 3


def test_a_batch_is_no_larger_than_asked() -> None:
    invitation = invite()
    for _ in range(4):
        queue_invitation(invitation)
    assert send_due_mails(limit=3) == 3
    assert send_due_mails(limit=3) == 2


def test_an_operator_sees_what_fails_and_can_change_nothing() -> None:
    queue_welcome(make_person())
    OutgoingMail.objects.update(attempts=2, last_error="ConnectionRefusedError")
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    page = operator.get("/admin/companies/outgoingmail/").content.decode()
    assert "ana@example.com" in page
    assert "ConnectionRefusedError" in page
    assert operator.get("/admin/companies/outgoingmail/add/").status_code == 403


def test_while_billing_is_paused_only_resets_asked_for_since_are_sent() -> None:
    person = make_person(company=make_company())
    queue_password_reset(person)
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    BillingSource.objects.update(paused_at=timezone.now() - timedelta(minutes=1))
    queue_welcome(person)
    queue_password_reset(person)
    assert send_due_mails() == 1
    assert "asked for a new password" in mail.outbox[0].body
    BillingSource.objects.update(resumed_at=timezone.now())
    assert send_due_mails() == 2


def test_what_waited_since_before_a_moment_can_be_dropped() -> None:
    queue_welcome(make_person())
    moment = timezone.now()
    queue_welcome(make_person("bob@example.com"))
    assert drop_queued_before(moment, because="restored from a backup") == 1
    assert send_due_mails() == 1
    assert mail.outbox[0].to == ["bob@example.com"]
