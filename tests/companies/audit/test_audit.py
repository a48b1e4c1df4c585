"""Who did what, when and from where: one entry each, and nothing takes it away again."""

import json
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import transaction
from django.forms import model_to_dict
from django.test import Client
from django.test.client import RequestFactory
from django.utils.translation import override

from companies.admin.audit.words import in_words
from companies.audit.log import AuditCode, record, record_command
from companies.authentication.links import set_password_url
from companies.models import AuditEntry, User
from tests.companies.factories import PASSWORD, make_company, make_person, make_plan, sign_in, type_password

pytestmark = pytest.mark.django_db


def entries(code: AuditCode) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(code=code))


def boss() -> User:
    return make_person("boss@example.com", is_staff=True, is_superuser=True)


def request_of(user: User, **headers: str) -> Any:
    request = RequestFactory().post("/", **headers)  # type: ignore[arg-type]
    request.user = user
    return request


def test_an_entry_tells_who_what_to_what_from_where_and_when() -> None:
    company, user = make_company("Bakery"), boss()
    record(AuditCode.COMPANY_LOCKED, request=request_of(user), company=company, details={"reason": "court"})
    (entry,) = entries(AuditCode.COMPANY_LOCKED)
    assert (entry.actor, entry.actor_label, entry.address) == (user, "boss@example.com", "127.0.0.1")
    assert (entry.company, entry.about, entry.details) == (company, "Bakery", {"reason": "court"})
    assert entry.at.tzname() == "UTC"


def test_what_is_written_is_never_changed_or_deleted() -> None:
    record_command(AuditCode.PLAN_ADDED, about="Pro")
    (entry,) = entries(AuditCode.PLAN_ADDED)
    entry.about = "Free"
    for attempt in (
        entry.save, entry.delete, AuditEntry.objects.all().delete, AuditEntry.objects.filter(pk=entry.pk).delete,
        lambda: AuditEntry.objects.update(about=""), lambda: AuditEntry.objects.bulk_update([entry], ["about"]),
    ):  # fmt: skip
        with pytest.raises(TypeError), transaction.atomic():
            attempt()
    assert [(e.about, e.actor_label) for e in entries(AuditCode.PLAN_ADDED)] == [("Pro", "command line")]


def test_signing_in_and_out_is_written_down() -> None:
    make_person(company=make_company())
    client = Client()
    type_password(client, "ana@example.com", PASSWORD)
    client.post("/accounts/logout/")
    assert [(e.code, e.actor_label) for e in AuditEntry.objects.order_by("pk")] == [
        ("signed_in", "ana@example.com"), ("signed_out", "ana@example.com"),
    ]  # fmt: skip


@pytest.mark.parametrize(("email", "about"), [("ANA@example.com", "ana@example.com"), ("my secret phrase", "")])
def test_a_failed_sign_in_tells_from_where_but_not_what_was_typed(email: str, about: str) -> None:
    make_person()
    type_password(Client(), email, "typed-by-mistake", REMOTE_ADDR="192.0.2.7")
    (entry,) = entries(AuditCode.SIGN_IN_FAILED)
    assert (entry.address, entry.about, entry.actor, entry.actor_label) == ("192.0.2.7", about, None, "")
    text = json.dumps(list(AuditEntry.objects.values()), default=str)
    assert "typed-by-mistake" not in text
    assert "my secret phrase" not in text


def test_a_header_that_anybody_can_write_changes_no_address() -> None:
    make_person()
    type_password(Client(), "ana@example.com", "wrong", HTTP_X_FORWARDED_FOR="203.0.113.9", HTTP_X_REAL_IP="10.9.9.9")
    assert [entry.address for entry in entries(AuditCode.SIGN_IN_FAILED)] == ["127.0.0.1"]


def test_a_trusted_proxy_tells_the_address(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    make_person()
    type_password(Client(), "ana@example.com", "wrong", HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.9")
    assert [entry.address for entry in entries(AuditCode.SIGN_IN_FAILED)] == ["203.0.113.9"]


def test_a_password_that_was_changed_is_written_down_without_it() -> None:
    user = make_person(company=make_company())
    typed = {"oldpassword": PASSWORD, "password1": "a new long phrase", "password2": "a new long phrase"}
    assert sign_in(user).post("/accounts/password/change/", typed).status_code == 302
    (entry,) = entries(AuditCode.PASSWORD_CHANGED)
    assert (entry.actor, entry.about, entry.details) == (user, user.email, {"page": "account_change_password"})


def test_a_password_that_was_chosen_through_a_link_names_nobody_as_the_one_who_did_it() -> None:
    user = make_person(company=make_company(), password=None)
    url = set_password_url(user)
    Client().post(urlsplit(url).path, {"password1": "a new long phrase", "password2": "a new long phrase"})
    (entry,) = entries(AuditCode.PASSWORD_CHANGED)
    assert (entry.actor, entry.about, entry.details) == (None, user.email, {"page": "welcome"})
    assert url.rsplit("/", 2)[1] not in json.dumps(list(AuditEntry.objects.values()), default=str)


def test_an_operator_who_was_refused_is_written_down_with_the_page() -> None:
    company = make_company()
    client = sign_in(make_person("op@example.com", is_staff=True))
    assert client.post(f"/admin/companies/company/{company.pk}/lock/act/", {"reason": "x"}).status_code == 403
    (entry,) = entries(AuditCode.ACCESS_DENIED)
    assert entry.actor_label == "op@example.com"
    assert entry.details == {"method": "POST", "page": f"/admin/companies/company/{company.pk}/lock/act/"}


def test_the_log_is_read_by_superusers_newest_first_and_found_by_who_and_what() -> None:
    record(AuditCode.PLAN_ADDED, request=request_of(boss()), about="Older")
    record_command(AuditCode.PLAN_CHANGED, about="Newer", details={"reason": "cheaper"})
    client = sign_in(User.objects.get())
    page = client.get("/admin/companies/auditentry/").content.decode()
    assert page.index("Newer") < page.index("Older")
    assert "reason: cheaper" in page
    by_who = client.get("/admin/companies/auditentry/?q=BOSS@example.com").content.decode()
    by_what = client.get("/admin/companies/auditentry/?code=plan_added").content.decode()
    for found in (by_who, by_what):
        assert ("Older" in found, "Newer" in found) == (True, False)
    assert sign_in(make_person("op@example.com", is_staff=True)).get("/admin/companies/auditentry/").status_code == 403


def test_a_longer_log_costs_no_more_queries(django_assert_max_num_queries: Any) -> None:
    client = sign_in(boss())
    for number in range(60):
        record_command(AuditCode.PLAN_CHANGED, about=str(number), company=make_company(f"Company {number}"))
    client.get("/admin/companies/auditentry/")
    with django_assert_max_num_queries(8):
        client.get("/admin/companies/auditentry/")


def test_the_command_line_leaves_entries_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, email="root@example.com", verbosity=0)
    monkeypatch.setattr("getpass.getpass", lambda prompt: "a new long phrase")
    call_command("changepassword", "ROOT@example.com", stdout=StringIO())
    assert User.objects.get().check_password("a new long phrase")
    assert [(e.code, e.actor_label, e.details["command"]) for e in AuditEntry.objects.order_by("pk")] == [
        ("operator_added", "command line", "createsuperuser"),
        ("password_changed", "command line", "changepassword"),
    ]
    assert "long phrase" not in json.dumps(list(AuditEntry.objects.values()), default=str)


def test_an_act_on_a_company_and_its_entry_are_written_together() -> None:
    company, client = make_company("Bakery"), sign_in(boss())
    client.post(f"/admin/companies/company/{company.pk}/lock/act/", {"reason": "court order"})
    (entry,) = entries(AuditCode.COMPANY_LOCKED)
    assert (entry.company, entry.actor_label, entry.details) == (company, "boss@example.com", {"reason": "court order"})


def test_an_edited_plan_and_person_leave_what_was_and_what_became() -> None:
    plan, person, client = make_plan(users=3), make_person(), sign_in(boss())
    typed = {**model_to_dict(plan, exclude=["id"]), "users": "5"}
    assert client.post(f"/admin/plans/plan/{plan.pk}/change/", typed).status_code == 302
    typed = {
        "name": "Ana",
        "is_active": "",
        "role": "none",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    assert client.post(f"/admin/companies/user/{person.pk}/change/", typed).status_code == 302
    assert client.post(f"/admin/plans/plan/{plan.pk}/delete/", {"post": "yes"}).status_code == 302
    (edited,), (changed,) = entries(AuditCode.PLAN_CHANGED), entries(AuditCode.PERSON_CHANGED)
    assert (edited.about, edited.details) == ("Pro", {"users": "3 \u2192 5"})
    assert (changed.about, changed.details) == (person.email, {"name": " \u2192 Ana", "is_active": "True \u2192 False"})
    assert [entry.about for entry in entries(AuditCode.PLAN_DELETED)] == ["Pro"]


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"kind": "losses"}, "kind: Many companies would lose access"),
        ({"is_enabled": "False \u2192 True"}, "enabled: no \u2192 yes"),
        (
            {"role": "viewer \u2192 superuser", "command": "set_role"},
            "role: viewer \u2192 superuser, command: set_role",
        ),
        ({"factor": "totp"}, "second factor: Authenticator app"),
        ({"outcome": "deleted"}, "outcome: deleted"),
        ({"api_secret": "changed"}, "API secret: changed"),
        ({"reason": "losses, changed"}, "reason: losses, changed"),
        ({"name": "True \u2192 False"}, "name: True \u2192 False"),
    ],
)
def test_facts_are_read_in_words_and_what_somebody_typed_as_it_was_typed(details: dict[str, str], words: str) -> None:
    assert in_words(details) == words


def test_they_are_read_in_the_readers_language() -> None:
    with override("es"):
        assert in_words({"kind": "losses"}) == "tipo: Muchas empresas perder\u00edan el acceso"
        assert in_words({"is_enabled": "True \u2192 False"}).endswith(": s\u00ed \u2192 no")
