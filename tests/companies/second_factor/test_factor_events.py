"""Who hears of second factors: the audit log, and by mail whose account it is."""

import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.management.base import CommandError
from django.test import Client
from pytest_django import Settings

from companies.audit.log import AuditCode
from companies.mail.outbox import send_due_mails
from companies.models import AuditEntry, BillingSource, Installation, OutgoingMail, User
from tests.companies.factories import PASSWORD, make_company, make_person, run_command, sign_in, type_password
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

pytestmark = pytest.mark.django_db
SETTINGS = "/admin/companies/installation/1/change/"
OTHER_SETTINGS = {"renewal_mail_days": "0", "mail_before_access_ends": "on", "mail_when_access_is_back": "on"}


def make_helper() -> User:
    """An operator who may do everything except what only superusers may."""
    user = make_person("helper@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return user


def audited(code: AuditCode) -> list[tuple[str, str, dict[str, str]]]:
    entries = AuditEntry.objects.filter(code=code).order_by("pk")
    return [(entry.actor_label, entry.about, entry.details) for entry in entries]


def mailed() -> list[str]:
    """Subjects of what was sent to somebody, oldest first."""
    send_due_mails()
    return [str(message.subject) for message in mail.outbox]


def set_up_an_app(client: Client, capture: Any) -> None:
    secret = re.search(r'<code class="secret">(\w+)<', client.get(f"{OVERVIEW}app/").content.decode())
    assert secret
    with capture(execute=True):
        client.post(f"{OVERVIEW}app/", {"code": code_now(secret[1])})


def test_adding_and_removing_is_written_down_and_told_by_mail(django_capture_on_commit_callbacks: Any) -> None:
    user = make_person(company=make_company())
    client = Client()
    type_password(client, user.email, PASSWORD)
    set_up_an_app(client, django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{OVERVIEW}codes/new/")
    client.post(f"{OVERVIEW}app/remove/")
    me = (user.email, user.email)
    assert audited(AuditCode.SECOND_FACTOR_ADDED) == [(*me, {"factor": "totp"})]
    assert audited(AuditCode.RECOVERY_CODES_MADE) == [(*me, {"factor": "recovery_codes"})] * 2
    assert audited(AuditCode.SECOND_FACTOR_REMOVED) == [(*me, {"factor": "totp"})]
    assert mailed() == [
        "Ticketz: a second factor was added to your account",
        "Ticketz: new recovery codes were made for your account",
        "Ticketz: a second factor was removed from your account",
    ]
    assert f"http://localhost:8000{OVERVIEW}" in mail.outbox[0].body


def test_the_mail_is_in_the_language_of_the_company() -> None:
    user = make_person(company=make_company(language="portuguese-br"))
    give_app(user)
    sign_in_with_code(Client(), user.email, recovery_codes(user)[0])
    assert mailed() == ["Ticketz: um dos seus códigos de recuperação foi usado"]


def test_a_used_recovery_code_and_a_wrong_second_step_are_written_down() -> None:
    user = make_person()
    give_app(user)
    code, client = recovery_codes(user)[0], Client()
    sign_in_with_code(client, user.email, "123123")
    client.post(SECOND_STEP, {"code": code})
    assert audited(AuditCode.SECOND_FACTOR_FAILED) == [("", user.email, {})]
    assert audited(AuditCode.RECOVERY_CODE_USED) == [(user.email, user.email, {})]
    assert not AuditEntry.objects.filter(details__icontains=code).exists()


def test_without_mail_nothing_is_queued(settings: Settings) -> None:
    settings.MAIL_IS_CONFIGURED = False
    user = make_person()
    give_app(user)
    sign_in_with_code(Client(), user.email, recovery_codes(user)[0])
    assert not OutgoingMail.objects.exists()


def test_what_concerns_signing_in_is_told_in_a_pause_too() -> None:
    make_company()
    user = make_person()
    give_app(user)
    BillingSource.objects.update(paused_at="2026-01-01T00:00:00Z")
    sign_in_with_code(Client(), user.email, recovery_codes(user)[0])
    assert len(mailed()) == 1


def test_a_superuser_takes_away_the_factors_of_who_lost_them_with_a_reason() -> None:
    user = make_person("bob@example.com")
    give_app(user)
    client = sign_in(make_operator())
    page = f"/admin/companies/user/{user.pk}/change/"
    assert "Remove two-factor" in client.get(page).content.decode()
    remove = f"/admin/companies/user/{user.pk}/remove-two-factor/"
    assert "a reason is needed" in client.post(remove, {"reason": " "}, follow=True).content.decode()
    assert client.get(remove).status_code == 405
    assert Authenticator.objects.exists()
    client.post(remove, {"reason": "phone lost, called back"})
    assert not Authenticator.objects.exists()
    assert audited(AuditCode.SECOND_FACTOR_REMOVED) == [
        ("op@example.com", "bob@example.com", {"reason": "phone lost, called back"})
    ]
    assert mailed() == ["Ticketz: a second factor was removed from your account"]
    assert "None. The password alone" in client.get(page).content.decode()
    history = page.replace("change", "history")
    assert "Deleted two-factor sign-in “bob@example.com”." in client.get(history).content.decode()
    spanish = client.get(history, headers={"accept-language": "es"}).content.decode()
    assert "Eliminado inicio de sesión en dos pasos “bob@example.com”." in spanish


def test_nobody_else_takes_them_away_and_nobody_their_own() -> None:
    user = make_person("bob@example.com")
    give_app(user)
    helper = make_helper()
    path = f"/admin/companies/user/{user.pk}/remove-two-factor/"
    assert sign_in(helper).post(path, {"reason": "x"}).status_code == 403
    boss = make_operator()
    client = Client()
    sign_in_with_code(client, boss.email, code_now(give_app(boss)))
    assert client.post(f"/admin/companies/user/{boss.pk}/remove-two-factor/", {"reason": "x"}).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_operator("second@example.com"))
    assert strict.post(path, {"reason": "x"}).status_code == 403
    assert Authenticator.objects.filter(type="totp").count() == 2


def test_operators_without_a_factor_are_listed() -> None:
    give_app(make_operator("careful@example.com"))
    make_person("customer@example.com")
    page = sign_in(make_operator("careless@example.com")).get("/admin/companies/user/?two_factor=missing")
    people = page.content.decode().split('id="result_list"')[1]
    listed = [name for name in ("careful", "careless", "customer") if f"{name}@example.com" in people]
    assert listed == ["careless"]


def test_only_who_has_a_factor_can_demand_one_and_it_is_written_down() -> None:
    user = make_operator()
    give_app(make_operator("second@example.com"))
    client = Client()
    type_password(client, user.email, PASSWORD)
    page = client.get(SETTINGS).content.decode()
    assert "1 operator has no second factor yet" in page
    answer = client.post(SETTINGS, {**OTHER_SETTINGS, "operators_need_second_factor": "on"}).content.decode()
    assert "You have no second factor yourself" in answer
    assert not Installation.load().operators_need_second_factor
    secret = give_app(user)
    client.post("/accounts/confirm/code/", {"code": code_now(secret)})
    client.post(SETTINGS, {**OTHER_SETTINGS, "operators_need_second_factor": "on"})
    assert Installation.load().operators_need_second_factor
    assert "no second factor yet" not in client.get(SETTINGS).content.decode()
    client.post(SETTINGS, OTHER_SETTINGS)
    assert not Installation.load().operators_need_second_factor
    assert [details for _, _, details in audited(AuditCode.SETTINGS_CHANGED)] == [
        {"operators_need_second_factor": "False → True"}, {"operators_need_second_factor": "True → False"},
    ]  # fmt: skip


def test_the_settings_are_a_superusers_matter() -> None:
    helper = make_helper()
    client = sign_in(helper)
    for method in (client.get, client.post):
        assert method(SETTINGS).status_code == 403
    assert "/companies/installation/" not in client.get("/admin/").content.decode()
    boss = sign_in(make_operator())
    assert boss.get("/admin/companies/installation/", follow=True).request["PATH_INFO"] == SETTINGS
    assert boss.post("/admin/companies/installation/1/delete/", {"post": "yes"}).status_code == 403
    assert boss.get("/admin/companies/installation/2/change/").status_code == 302


def test_the_last_resort_is_on_the_command_line() -> None:
    user = make_operator()
    give_app(user)
    enforce()
    assert run_command("reset_two_factor", " OP@example.com", "--reason", "phone in the river") == (
        0, "1 removed; op@example.com has no second factor.\n",
    )  # fmt: skip
    assert audited(AuditCode.SECOND_FACTOR_REMOVED) == [
        ("command line", user.email, {"reason": "phone in the river", "command": "reset_two_factor"})
    ]
    assert mailed() == ["Ticketz: a second factor was removed from your account"]
    assert run_command("reset_two_factor", user.email, "--reason", "again") == (0, "There was none.\n")
    status, printed = run_command("reset_two_factor", "nobody@example.com", "--reason", "x", "--json")
    assert (status, json.loads(printed)) == (1, {"email": "nobody@example.com", "removed": None})
    assert User.objects.count() == 1


def test_the_last_resort_asks_why() -> None:
    user = make_operator()
    give_app(user)
    with pytest.raises(CommandError, match=r"--reason: Say why\."):
        run_command("reset_two_factor", user.email, "--reason", " ")
    assert audited(AuditCode.SECOND_FACTOR_REMOVED) == []
