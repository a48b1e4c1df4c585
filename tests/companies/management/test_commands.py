"""What operators do on the command line with one company or one person."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from companies.models import AuditEntry, Role
from tests.companies.factories import make_company, make_person

pytestmark = pytest.mark.django_db


def say(*words: str) -> Any:
    """What a command prints as JSON."""
    said = StringIO()
    call_command(*words, "--json", stdout=said)
    return json.loads(said.getvalue())


def test_a_company_is_kept_open_locked_and_let_go_by_a_command_with_its_story_and_in_the_audit_log() -> None:
    company = make_company(status="suspended")
    until = (timezone.localdate() + timedelta(days=3)).isoformat()
    told = say("company_act", str(company.pk), "hold", "--until", until, "--reason", "paid by cheque")
    assert (told["id"], told["state"], told["reason"]) == (company.pk, "open", "held_open")
    assert say("company_act", str(company.pk), "lock", "--reason", "abuse")["reason"] == "locked"
    assert say("company_act", str(company.pk), "unlock", "--reason", "sorry")["state"] == "open"
    assert say("company_act", str(company.pk), "end-hold", "--reason", "bounced")["reason"] == "suspended"
    assert {event.actor_label for event in company.events.all()} == {"command line"}
    assert [entry.code for entry in AuditEntry.objects.order_by("pk")] == [
        "company_held_open", "company_locked", "company_unlocked", "company_hold_ended",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["unlock", "--reason", "x"], "makes no sense"),
        (["hold", "--reason", "x"], "until"),
        (["hold", "--until", "2001-01-01", "--reason", "x"], "passed already"),
        (["lock", "--reason", " "], "reason"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(words: list[str], refusal: str) -> None:
    company = make_company()
    with pytest.raises(CommandError, match=refusal):
        call_command("company_act", str(company.pk), *words)
    assert not company.events.exists()
    assert not AuditEntry.objects.exists()


def test_a_company_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match="no company 987654"):
        call_command("company_act", "987654", "lock", "--reason", "x")


def test_a_set_password_link_made_by_a_command_opens_and_is_nowhere_else() -> None:
    person = make_person(password=None)
    told = say("set_password_link", "ANA@example.com")
    assert told["email"] == person.email
    assert Client().get(told["link"].removeprefix("http://localhost:8000")).status_code == 200
    entry = AuditEntry.objects.get(code="set_password_link_made")
    assert (entry.actor_label, entry.about) == ("command line", person.email)
    assert told["link"] not in str(entry.details)


def test_nobody_and_who_is_switched_off_get_no_link() -> None:
    make_person("off@example.com", is_active=False)
    for email, refusal in (("nobody@example.com", "Nobody here"), ("off@example.com", "switched off")):
        with pytest.raises(CommandError, match=refusal):
            call_command("set_password_link", email)


@pytest.mark.parametrize("act", ["lock", "unlock", "end-hold"])
def test_no_day_is_taken_with_what_has_no_end(act: str) -> None:
    company = make_company()
    with pytest.raises(CommandError, match="--until goes with hold only"):
        call_command("company_act", str(company.pk), act, "--until", "2030-01-01", "--reason", "abuse")
    company.refresh_from_db()
    assert company.locked_at is None


@pytest.mark.parametrize("missing", ["99999", "99999999999999999999"])
def test_a_report_on_a_company_that_is_not_there_says_so_and_tells_of_the_others(missing: str) -> None:
    company, said, complaint = make_company(), StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("access_report", str(company.pk), missing, "--json", stdout=said, stderr=complaint)
    assert ended.value.code == 1
    assert [row["id"] for row in json.loads(said.getvalue())] == [company.pk]
    assert complaint.getvalue() == f"There is no company {missing}.\n"


@pytest.mark.parametrize("words", [["audit_log", "--since", "tomorrow"], ["sync_gateway", "--until", "tomorrow"]])
def test_a_day_that_is_none_is_refused_with_the_way_to_write_it(words: list[str]) -> None:
    with pytest.raises(CommandError, match=r"“tomorrow” is not a day. Write it like 2026-12-31."):
        call_command(*words)


def test_a_company_without_an_owner_gets_one_by_a_link_also_a_second_time() -> None:
    company = make_company(users=1)
    make_person("member@example.com", company=company, role=Role.MEMBER)
    links = []
    for _ in range(2):
        told = say(
            "company_act", str(company.pk), "owner", "--email", "Ana@Example.com", "--reason", "an operator bought"
        )
        links.append(told["said"].rsplit(" ", 1)[-1])
    assert Client().get(links[0].removeprefix("http://localhost:8000")).status_code == 410
    path = links[1].removeprefix("http://localhost:8000")
    Client().post(path, {"name": "Ana", "password1": "Harvest-2027-x", "password2": "Harvest-2027-x"})
    assert company.memberships.get(user__email="ana@example.com").role == "owner"
    entry = AuditEntry.objects.filter(code="owner_invited").latest("pk")
    assert entry.details["email"] == "ana@example.com"
    assert "http" not in str(entry.details)
    with pytest.raises(CommandError, match="makes no sense"):
        call_command("company_act", str(company.pk), "owner", "--email", "b@example.com", "--reason", "x")


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["owner", "--reason", "x"], "--email"),
        (["owner", "--email", "no address", "--reason", "x"], "can be used here"),
        (["owner", "--email", "member@example.com", "--reason", "x"], "in your team already"),
        (["lock", "--email", "a@example.com", "--reason", "x"], "goes with owner only"),
    ],
)
def test_an_owner_is_somebody_new_with_an_address(words: list[str], refusal: str) -> None:
    company = make_company()
    make_person("member@example.com", company=company, role=Role.MEMBER)
    with pytest.raises(CommandError, match=refusal):
        call_command("company_act", str(company.pk), *words)
    assert not company.invitations.exists()
    assert not AuditEntry.objects.exists()
