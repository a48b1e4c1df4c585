"""Operators get a role, keep it in line with the table, and are never without a superuser."""

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.test import Client

from billing.roles import FOR_SUPERUSERS, MAY, bring_groups_in_line, rights_of
from companies.audit.log import AuditCode
from companies.authentication.links import load_user_by_token
from companies.authorization.roles import OperatorRole, group_name, role_of, set_role
from companies.models import AuditEntry, OutgoingMail, User
from tests.companies.factories import make_person, sign_in

pytestmark = pytest.mark.django_db
INLINES = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}


@pytest.fixture
def boss() -> User:
    return make_person("boss@example.com", name="Boss", is_staff=True, is_superuser=True)


def operator(role: OperatorRole, email: str = "op@example.com") -> User:
    user = make_person(email)
    set_role(user, role)
    return User.objects.get(pk=user.pk)


def save(client: Client, person: User, **typed: str) -> Any:
    path = f"/admin/companies/user/{person.pk}/change/"
    return client.post(path, {"name": person.name, "is_active": "on", **INLINES, **typed})


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def test_every_right_of_the_table_exists() -> None:
    known = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    assert {right for role in MAY for right in rights_of(role)} | FOR_SUPERUSERS <= known


@pytest.mark.parametrize("role", list(MAY))
def test_a_group_has_exactly_the_rights_of_its_role(role: OperatorRole) -> None:
    assert operator(role).get_all_permissions() == rights_of(role)


def test_a_viewer_only_looks_and_each_role_has_what_the_one_before_has() -> None:
    viewer, support, manager = (rights_of(role) for role in MAY)
    assert {right.split(".")[1].split("_")[0] for right in viewer} == {"view"}
    assert viewer < support < manager
    assert not {right for right in support if "gateway" in right and "view" not in right}


def test_what_was_written_into_a_group_of_ours_is_undone_by_the_next_migrate_and_yours_are_left_alone() -> None:
    group = Group.objects.get(name=group_name(OperatorRole.VIEWER))
    wrong = Permission.objects.get(codename="change_user")
    group.permissions.set([wrong])
    mine = Group.objects.create(name="viewer")
    mine.permissions.set([wrong])
    bring_groups_in_line("default")
    assert group.permissions.filter(codename="view_company").exists()
    assert list(mine.permissions.all()) == [wrong]
    assert not group.permissions.filter(pk=wrong.pk).exists()


def test_bringing_groups_in_line_again_writes_nothing(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(10) as queries:
        bring_groups_in_line("default")
    assert not [q for q in queries.captured_queries if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]


def test_a_superuser_gives_takes_and_changes_roles_on_a_persons_page_and_the_log_tells(boss: User) -> None:
    ana, client = make_person(name="Ana"), sign_in(boss)
    at_work = sign_in(ana)
    for role in ("support", "gateway_manager", "superuser", "viewer", "none"):
        assert save(client, ana, role=role).status_code == 302
        assert role_of(fresh(ana)).value == role
    told = AuditEntry.objects.filter(code=AuditCode.OPERATOR_ROLE_CHANGED).order_by("pk")
    assert [entry.details["role"] for entry in told][:2] == ["none \u2192 support", "support \u2192 gateway_manager"]
    assert {(entry.about, entry.actor) for entry in told} == {("ana@example.com", boss)}
    assert at_work.session.get("_auth_user_id") == str(ana.pk)


def test_groups_of_your_own_stay_beside_a_role_and_are_given_on_the_same_page(boss: User) -> None:
    group, ana, client = Group.objects.create(name="Night shift"), make_person(), sign_in(boss)
    assert save(client, ana, role="support", groups=str(group.pk)).status_code == 302
    assert {g.name for g in fresh(ana).groups.all()} == {"Night shift", "ticketz:support"}
    assert save(client, ana, role="own_groups", groups=str(group.pk)).status_code == 302
    assert [g.name for g in fresh(ana).groups.all()] == ["Night shift"]
    assert role_of(fresh(ana)) is OperatorRole.OWN_GROUPS


@pytest.mark.parametrize("typed", [{"role": "viewer"}, {"role": "none"}, {"role": "superuser", "is_active": ""}])
def test_the_last_active_superuser_is_neither_demoted_nor_switched_off(boss: User, typed: dict[str, str]) -> None:
    make_person("former@example.com", is_staff=True, is_superuser=True, is_active=False)
    answer = save(sign_in(boss), boss, **typed)
    assert "This is the last active superuser." in answer.content.decode()
    assert (role_of(fresh(boss)), fresh(boss).is_active) == (OperatorRole.SUPERUSER, True)
    with pytest.raises(CommandError, match="last active superuser"):
        call_command("set_role", "boss@example.com", "support")


@pytest.mark.parametrize("known", ["password_is_from_shop", "password_was_given"])
def test_whose_password_somebody_else_knows_is_made_no_operator(boss: User, known: str) -> None:
    ana = make_person()
    User.objects.update(**{known: True})
    assert "knows their password" in save(sign_in(boss), ana, role="support").content.decode()
    assert role_of(fresh(ana)) is OperatorRole.NOBODY


@pytest.mark.parametrize("role", [OperatorRole.VIEWER, OperatorRole.SUPPORT, OperatorRole.GATEWAY_MANAGER])
def test_nobody_but_a_superuser_gives_a_role_whatever_they_post(role: OperatorRole) -> None:
    ana, client = make_person(), sign_in(operator(role))
    save(client, ana, role="superuser", is_staff="on", is_superuser="on", groups="1")
    assert role_of(fresh(ana)) is OperatorRole.NOBODY
    assert client.get("/admin/companies/user/add/").status_code == 403
    typed = {"email": "new@example.com", "name": "New", "role": "superuser"}
    assert client.post("/admin/companies/user/add/", typed).status_code == 403
    assert not User.objects.filter(email="new@example.com").exists()


def test_an_operator_is_added_with_a_role_and_a_link_and_without_a_password(boss: User) -> None:
    client = sign_in(boss)
    assert client.get("/admin/companies/user/add/").status_code == 200
    typed = {"email": " New@Example.com ", "name": "New", "role": "gateway_manager", "by_mail": "on"}
    page = client.post("/admin/companies/user/add/", typed)
    new = User.objects.get(email="new@example.com")
    assert (role_of(new), new.has_usable_password(), new.name) == (OperatorRole.GATEWAY_MANAGER, False, "New")
    assert load_user_by_token(page.context["link"].rsplit("/", 2)[1]) == new
    assert [mail.user for mail in OutgoingMail.objects.all()] == [new]
    (entry,) = AuditEntry.objects.filter(code=AuditCode.OPERATOR_ADDED)
    assert (entry.actor, entry.about, entry.details) == (boss, "new@example.com", {"role": "gateway_manager"})


@pytest.mark.parametrize(
    ("email", "why"), [("ANA@example.com", "here already"), ("no address", "can be used here"), (" ", "is required")]
)
def test_an_address_that_is_taken_or_none_makes_no_operator(boss: User, email: str, why: str) -> None:
    ana = make_person()
    page = sign_in(boss).post("/admin/companies/user/add/", {"email": email, "name": "New", "role": "superuser"})
    (told,) = page.context["adminform"].form.errors["email"]
    assert why in told
    assert (User.objects.count(), role_of(fresh(ana))) == (2, OperatorRole.NOBODY)


def test_saving_a_persons_page_does_not_touch_a_password_that_is_chosen_meanwhile(
    boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, client, written = make_person(), sign_in(boss), User.save

    def choose_first(user: User, **options: Any) -> None:
        monkeypatch.setattr(User, "save", written)
        User.objects.filter(pk=ana.pk).update(password="chosen meanwhile")
        written(user, **options)

    monkeypatch.setattr(User, "save", choose_first)
    assert save(client, ana, role="none", name="Ana").status_code == 302
    assert (fresh(ana).password, fresh(ana).name) == ("chosen meanwhile", "Ana")


def test_groups_of_ours_are_only_looked_at_and_yours_are_edited_by_superusers(boss: User) -> None:
    ours, mine = Group.objects.get(name="ticketz:support"), Group.objects.create(name="Night shift")
    client, before = sign_in(boss), set(ours.permissions.all())
    assert "support" in client.get("/admin/auth/group/").content.decode()
    assert client.post(f"/admin/auth/group/{ours.pk}/change/", {"name": "x"}).status_code == 403
    assert client.post(f"/admin/auth/group/{ours.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/auth/group/{mine.pk}/change/", {"name": "Day shift"}).status_code == 302
    assert set(ours.permissions.all()) == before
    assert [entry.about for entry in AuditEntry.objects.filter(code=AuditCode.GROUP_CHANGED)] == ["Day shift"]


def test_the_command_line_lists_operators_and_gives_roles(boss: User) -> None:
    make_person()
    call_command("set_role", "ANA@example.com", "support", stdout=StringIO())
    said = StringIO()
    call_command("operators", "--json", stdout=said)
    assert [(row["email"], row["role"]) for row in json.loads(said.getvalue())] == [
        ("ana@example.com", "support"), ("boss@example.com", "superuser"),
    ]  # fmt: skip
    (entry,) = AuditEntry.objects.filter(code=AuditCode.OPERATOR_ROLE_CHANGED)
    assert (entry.actor_label, entry.details["role"]) == ("command line", "none \u2192 support")
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("set_role", "nobody@example.com", "support")


def test_a_role_that_was_given_is_told_to_programs_too() -> None:
    make_person()
    said = StringIO()
    call_command("set_role", "ana@example.com", "viewer", "--json", stdout=said)
    assert json.loads(said.getvalue()) == {"email": "ana@example.com", "before": "none", "role": "viewer"}


def test_the_audit_log_is_printed_from_a_day_on_by_code_and_as_json() -> None:
    operator(OperatorRole.VIEWER)
    call_command("set_role", "op@example.com", "support", stdout=StringIO())
    call_command("set_role", "op@example.com", "none", stdout=StringIO())
    said, later = StringIO(), StringIO()
    call_command("audit_log", "--json", "--code", "operator_role_changed", stdout=said)
    rows = [json.loads(line) for line in said.getvalue().splitlines()]
    assert [row["details"]["role"] for row in rows] == ["viewer \u2192 support", "support \u2192 none"]
    call_command("audit_log", "--since", "2999-01-01", stdout=later)
    assert later.getvalue() == ""
