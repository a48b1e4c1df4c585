"""Every address of the administration, every way to call it, every role: only what the table allows happens."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.test import Client

from companies.models import AuditEntry
from tests.forging import checksum, undone
from tests.roles.paths import WALKED, path_of, row
from tests.roles.stage import Stage
from tests.roles.visitors import visitor
from tests.roles.who_may import MODELS, NOBODY, ROUTES, SUPERUSER, Level

pytestmark = pytest.mark.django_db
OPERATORS = [level for level in Level if Level.CUSTOMER < level < NOBODY]
everybody = pytest.mark.parametrize("level", [*list(Level)[:6]], ids=lambda level: level.name.lower())
every_operator = pytest.mark.parametrize("level", OPERATORS, ids=lambda level: level.name.lower())


def forge(client: Client, level: Level, route: str, stage: Stage) -> list[tuple[str, int]]:
    """Call an address in every way that the table forbids this visitor; what was answered to each."""
    where, path = row(route), path_of(route, stage)
    typed, answers = where.typed(stage), []
    for suffix in ("", "?_popup=1&_to_field=id") if route.endswith(("/add/", "/change/", "/delete/")) else ("",):
        if level < where.look:
            answers.append(("GET", client.get(path + suffix).status_code))
        if level < where.act:
            answers.append(("POST", client.post(path + suffix, typed).status_code))
    answers.append(("DELETE", client.delete(path, typed, "application/json").status_code))
    return answers


def test_every_list_has_a_row_and_every_row_an_address() -> None:
    assert set(ROUTES) <= set(WALKED)
    assert set(MODELS) == {model._meta.label_lower for model in admin.site._registry}


@everybody
def test_what_the_table_forbids_is_refused_and_changes_nothing(level: Level, stage: Stage) -> None:
    client = visitor(level)
    before = checksum()
    for route in WALKED:
        where = row(route)
        for method, status in forge(client, level, route, stage):
            assert status < 500, (route, method)
            # A POST to a page that is only looked at may be answered like a GET; that nothing changes is seen below.
            if method == "GET" or (method == "POST" and (where.act is not NOBODY or level < where.look)):
                assert status in ({302} if level <= Level.CUSTOMER else {403, 405}), (route, method, status)
    if checksum() != before:
        culprits = [route for route in WALKED if _changes(client, level, route, stage)]
        pytest.fail(f"Something was changed by {culprits}")


def _changes(client: Client, level: Level, route: str, stage: Stage) -> bool:
    with undone():
        before = checksum()
        forge(client, level, route, stage)
        return checksum() != before
    raise AssertionError


@every_operator
def test_what_the_table_allows_opens_and_shows_no_hash_and_no_secret(level: Level, stage: Stage) -> None:
    client = visitor(level)
    for route in WALKED:
        if level < row(route).look:
            continue
        answer = client.get(path_of(route, stage))
        assert answer.status_code in {200, 301, 302, 404}, (route, answer.status_code)
        page = b"".join(answer) if answer.streaming else answer.content
        assert not [secret for secret in stage.secrets if secret.encode() in page], route


@every_operator
def test_each_act_that_the_table_allows_leaves_an_entry_in_the_audit_log(level: Level, stage: Stage) -> None:
    client = visitor(level)
    for route in WALKED:
        where = row(route)
        if level < where.act:
            continue
        with undone():
            written = AuditEntry.objects.count()
            answer = client.post(path_of(route, stage), where.typed(stage))
            assert answer.status_code in {200, 302}, (route, answer.status_code)
            newest = AuditEntry.objects.first()
            assert AuditEntry.objects.count() > written, f"{route} leaves no entry"
            assert newest is not None
            assert newest.actor == get_user(client), route
            text = str(list(AuditEntry.objects.values()))
            assert not [secret for secret in stage.secrets if secret in text], route


def test_an_act_without_its_token_is_refused_to_superusers_too(stage: Stage) -> None:
    signed_in = visitor(SUPERUSER)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in.cookies
    before = checksum()
    for route in WALKED:
        if row(route).act is not NOBODY:
            assert strict.post(path_of(route, stage), row(route).typed(stage)).status_code == 403, route
    assert checksum() == before


def actions_of(label: str, client: Client) -> set[str]:
    request: Any = HttpRequest()
    request.user = get_user(client)
    model_admin = next(a for model, a in admin.site._registry.items() if model._meta.label_lower == label)
    return set(model_admin.get_actions(request))


@every_operator
def test_a_forged_action_of_a_list_changes_nothing(level: Level, stage: Stage) -> None:
    client = visitor(level)
    before = checksum()
    for label, model in MODELS.items():
        allowed = {name for name, least in model.actions.items() if level >= least}
        assert actions_of(label, client) == allowed, label
        for name in {"delete_selected", "dismiss", "dismiss_selected", *model.actions} - allowed:
            typed = {"action": name, "_selected_action": stage.things[label].pk, "post": "yes", "reason": "x"}
            answer = client.post(f"/admin/{label.replace('.', '/')}/", {**typed, "select_across": "1", "_save": "x"})
            assert answer.status_code in {200, 302, 403}, (label, name)
    assert checksum() == before


@every_operator
def test_people_of_a_company_are_not_changed_through_the_rows_below_a_person(level: Level, stage: Stage) -> None:
    person = stage.things["companies.user"]
    membership = person.memberships.get()  # type: ignore[attr-defined]
    rows = {
        "memberships-TOTAL_FORMS": "2", "memberships-INITIAL_FORMS": "1", "memberships-0-id": membership.pk,
        "memberships-0-user": person.pk, "memberships-0-role": "owner", "memberships-0-company": membership.company_id,
        "memberships-1-user": person.pk, "memberships-1-company": membership.company_id, "memberships-1-role": "owner",
        "memberships-0-DELETE": "on",
    }  # fmt: skip
    visitor(level).post(f"/admin/companies/user/{person.pk}/change/", {"name": "A", "is_active": "on", **rows})
    membership.refresh_from_db()
    assert (membership.role, person.memberships.count()) == ("member", 1)  # type: ignore[attr-defined]
