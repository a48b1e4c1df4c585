"""What operators see and do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies import lifecycle
from companies.authentication.links import set_password_url
from companies.events import Actor, Code
from companies.models import Company, Role, User
from companies.standings.facts import access_of
from tests.companies.factories import helper, make_company, make_person

pytestmark = pytest.mark.django_db


def act(client: Client, company: Company, name: str, **typed: str) -> int:
    return client.post(f"/admin/companies/company/{company.pk}/{name}/act/", typed).status_code


def test_the_list_shows_state_plan_and_people_and_finds_by_somebodys_address(operator: Client) -> None:
    company = make_company("Bäckerei", status="suspended")
    make_person("baker@example.com", company=company)
    page = operator.get("/admin/companies/company/?q=baker@example.com").content.decode()
    for text in ("Bäckerei", "Closed", "Pro"):
        assert text in page
    assert "Bäckerei" not in operator.get("/admin/companies/company/?q=nobody").content.decode()


@pytest.mark.parametrize(
    ("exception", "columns"),
    [
        ("held", {"hold_until": date(2999, 1, 1)}),
        ("locked", {"locked_at": datetime(2026, 1, 1, tzinfo=UTC)}),
        ("exempted", {"override_until": date(2999, 1, 1)}),
        ("unreadable", {"unreadable_since": datetime(2026, 1, 1, tzinfo=UTC)}),
        ("waiting", {"closing_held_since": datetime(2026, 1, 1, tzinfo=UTC)}),
    ],
)
def test_companies_for_which_billing_alone_does_not_decide_are_listed(
    operator: Client, exception: str, columns: dict[str, object]
) -> None:
    make_company("Ordinary")
    Company.objects.filter(pk=make_company("Exceptional").pk).update(**columns)
    page = operator.get(f"/admin/companies/company/?exception={exception}").content.decode()
    assert ("Exceptional" in page, "Ordinary" in page) == (True, False)


def test_the_page_of_a_company_tells_why_and_what_happened(operator: Client) -> None:
    company = make_company()
    lifecycle.lock(company, reason="court order", actor=Actor("sync run 7"), at=timezone.now())
    page = operator.get(f"/admin/companies/company/{company.pk}/change/").content.decode()
    for text in ("Locked by an operator since", "court order", "sync run 7", "Unlock"):
        assert text in page
    assert 'name="_save"' not in page


def test_an_operator_keeps_open_and_lets_go_with_a_reason(operator: Client) -> None:
    company = make_company(status="suspended")
    until = timezone.localdate() + timedelta(days=7)
    assert act(operator, company, "hold", until=until.isoformat(), reason="paid by cheque") == 302
    company.refresh_from_db()
    assert access_of(company).until == until
    assert company.hold_by == User.objects.get(email="op@example.com")
    assert act(operator, company, "end-hold", reason="bounced") == 302
    company.refresh_from_db()
    assert not access_of(company).is_open
    assert [e.actor_label for e in company.events.all()] == ["op@example.com"] * 2


def test_an_operator_locks_and_unlocks_with_a_reason(operator: Client) -> None:
    company = make_company()
    assert act(operator, company, "lock", reason="abuse") == 302
    company.refresh_from_db()
    assert not access_of(company).is_open
    assert act(operator, company, "unlock", reason="sorry") == 302
    company.refresh_from_db()
    assert access_of(company).is_open
    assert [e.code for e in company.events.all()] == [Code.UNLOCKED, Code.LOCKED]


@pytest.mark.parametrize("typed", [{}, {"until": "2001-01-01", "reason": "x"}, {"until": "2099-01-01", "reason": ""}])
def test_without_a_reason_or_with_a_day_that_has_passed_nothing_happens(
    operator: Client, typed: dict[str, str]
) -> None:
    company = make_company()
    assert act(operator, company, "hold", **typed) == 200
    assert not company.events.exists()


def test_looking_at_the_form_changes_nothing_and_posting_needs_a_token(operator: Client) -> None:
    company = make_company()
    assert operator.get(f"/admin/companies/company/{company.pk}/lock/act/").status_code == 200
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(email="op@example.com"))
    assert act(strict, company, "lock", reason="x") == 403
    assert not company.events.exists()


@pytest.mark.parametrize("name", ["unlock", "end-hold", "destroy"])
def test_an_act_that_makes_no_sense_now_is_not_there(operator: Client, name: str) -> None:
    assert act(operator, make_company(), name, reason="x") == 404


def test_who_may_only_look_sees_no_buttons_and_forged_posts_are_refused() -> None:
    company, client = make_company(), helper("view_company")
    page = client.get(f"/admin/companies/company/{company.pk}/change/")
    assert page.status_code == 200
    assert "/act/" not in page.content.decode()
    assert act(client, company, "lock", reason="x") == 403


@pytest.mark.parametrize("model", ["company", "event"])
def test_companies_and_events_are_neither_added_nor_changed_nor_deleted_even_by_superusers(
    operator: Client, model: str
) -> None:
    company = make_company()
    lifecycle.lock(company, reason="x", actor=Actor("x"), at=timezone.now())
    pk = company.pk if model == "company" else company.events.get().pk
    assert operator.get(f"/admin/companies/{model}/{pk}/change/").status_code == 200
    assert operator.get(f"/admin/companies/{model}/add/").status_code == 403
    assert operator.post(f"/admin/companies/{model}/{pk}/change/", {"name": "x"}).status_code == 403
    assert operator.post(f"/admin/companies/{model}/{pk}/delete/", {"post": "yes"}).status_code == 403
    picked = {"action": "delete_selected", "_selected_action": [str(pk)], "post": "yes"}
    operator.post(f"/admin/companies/{model}/", picked)
    assert company.events.exists()
    assert Company.objects.filter(pk=company.pk, name=company.name).exists()


def test_no_page_shows_a_hash(operator: Client) -> None:
    person = make_person()
    for path in ("", f"{person.pk}/change/"):
        page = operator.get(f"/admin/companies/user/{path}").content.decode()
        assert "ana@example.com" in page
        assert "argon2" not in page


def test_only_superusers_make_operators() -> None:
    person, client = make_person(), helper("change_user", "view_user")
    path = f"/admin/companies/user/{person.pk}/change/"
    assert (
        client.post(
            path, inlines({"name": "New", "is_active": "on", "is_staff": "on", "is_superuser": "on"})
        ).status_code
        == 302
    )
    person.refresh_from_db()
    assert (person.name, person.is_staff, person.is_superuser) == ("New", False, False)


def test_an_operator_who_is_no_superuser_does_not_touch_operators() -> None:
    boss = make_person("boss@example.com", is_staff=True, is_superuser=True)
    client = helper("change_user", "view_user")
    client.post(f"/admin/companies/user/{boss.pk}/change/", inlines({"name": "Hacked"}))
    boss.refresh_from_db()
    assert (boss.name, boss.is_active) == ("", True)
    assert client.post(f"/admin/companies/user/{boss.pk}/set-password-link/").status_code == 403


def test_the_set_password_link_is_shown_to_copy_and_works(operator: Client) -> None:
    person = make_person(password=None, company=make_company())
    assert "set-password-link" in operator.get(f"/admin/companies/user/{person.pk}/change/").content.decode()
    assert operator.get(f"/admin/companies/user/{person.pk}/set-password-link/").status_code == 405
    page = operator.post(f"/admin/companies/user/{person.pk}/set-password-link/").content.decode()
    assert "http://localhost:8000/welcome/" in page
    assert Client().get(set_password_url(person).removeprefix("http://localhost:8000")).status_code == 200


def test_the_page_of_a_person_looks_them_up_once(operator: Client) -> None:
    person = make_person("ana@example.com")
    with CaptureQueriesContext(connection) as asked:
        assert "set-password-link" in operator.get(f"/admin/companies/user/{person.pk}/change/").content.decode()
    looked_up = [query for query in asked if f'"companies_user"."id" = {person.pk}' in query["sql"]]
    assert len(looked_up) == 1


def test_that_a_link_was_made_stands_in_the_history_in_the_language_of_the_reader(operator: Client) -> None:
    person = make_person(password=None)
    operator.post(f"/admin/companies/user/{person.pk}/set-password-link/")
    for language, words in (("en", "Added set-password link"), ("es", "Agregado enlace para definir la contraseña")):
        page = operator.get(f"/admin/companies/user/{person.pk}/history/", headers={"accept-language": language})
        assert f"{words} “ana@example.com”." in page.content.decode()


def test_without_the_right_to_change_people_there_is_no_link() -> None:
    person, client = make_person(), helper("view_user")
    assert client.post(f"/admin/companies/user/{person.pk}/set-password-link/").status_code == 403


def inlines(typed: dict[str, str]) -> dict[str, str]:
    return {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0", **typed}


def test_a_day_that_has_passed_can_not_be_sent_by_a_browser(operator: Client) -> None:
    page = operator.get(f"/admin/companies/company/{make_company().pk}/hold/act/").content.decode()
    assert f'min="{timezone.localdate().isoformat()}"' in page


def test_an_owner_is_invited_where_there_is_none_and_the_operator_reads_the_link(operator: Client) -> None:
    """Somebody bought with an operator's address: nobody else could let the customer in."""
    company = make_company("Bakery")
    page = operator.get(f"/admin/companies/company/{company.pk}/change/").content.decode()
    assert "Invite an owner" in page
    path = f"/admin/companies/company/{company.pk}/owner/act/"
    told = operator.post(path, {"email": "baker@example.com", "reason": "x"}, follow=True).content.decode()
    assert "Invited to be the owner: baker@example.com." in told
    assert "http://localhost:8000/join/" in told
    make_person("owner@example.com", company=company)
    assert operator.post(path, {"email": "b@example.com", "reason": "x"}).status_code == 404


def test_who_belongs_to_it_already_is_refused_with_a_sentence(operator: Client) -> None:
    company = make_company("Bakery")
    make_person("member@example.com", company=company, role=Role.MEMBER)
    path = f"/admin/companies/company/{company.pk}/owner/act/"
    assert (
        "in your team already" in operator.post(path, {"email": "member@example.com", "reason": "x"}).content.decode()
    )
    assert not company.events.filter(code=Code.MEMBER_INVITED).exists()
