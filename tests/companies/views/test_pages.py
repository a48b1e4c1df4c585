"""What customers see and do on their pages."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client

from companies import team
from companies.events import Actor
from companies.models import Invitation, Membership, Role, User
from companies.people.seats import seats_taken
from tests.companies.factories import PASSWORD, is_signed_in, make_company, make_person, sign_in, type_password
from tests.companies.team_page import add, key_of

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>\"'><img src=x>"


def test_the_overview_shows_company_plan_people_and_due_date() -> None:
    company = make_company("Ana Sousa", users=5)
    page = sign_in(make_person(company=company)).get("/").content.decode()
    for text in ("Ana Sousa", "Pro", "1 of 5", "Paid. Open until", "Renews in 20 days, on", "As of"):
        assert text in page


def test_names_from_outside_are_shown_as_text() -> None:
    company = make_company(EVIL)
    user = make_person(company=company, name=EVIL)
    company.plan.name = EVIL
    company.plan.save()
    client = sign_in(user)
    team.add_member(company, email="bob@example.com", name=EVIL, role=Role.MEMBER, password=None, actor=Actor("x"))
    team.invite_owner_unlimited(make_company(EVIL), user, actor=Actor("x"), at=user.date_joined)
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    pages = [client.get("/"), client.get("/team/")]
    pages += [operator.get(f"/admin/companies/company/{company.pk}/change/"), operator.get("/admin/companies/event/")]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "&lt;script&gt;alert" in page.content.decode()


def test_a_member_with_a_first_password_signs_in_and_works() -> None:
    company = make_company()
    page = add(sign_in(make_person(company=company)), password=" first pw of bob ")
    assert "bob@example.com is in the list" in page
    client = Client()
    type_password(client, "bob@example.com", " first pw of bob ")
    assert is_signed_in(client)
    assert client.get("/").context["request"].company == company


def test_an_invitation_has_a_link_that_managers_can_copy_and_members_cannot() -> None:
    company = make_company()
    assert "/join/" in add(sign_in(make_person(company=company)))
    member = sign_in(make_person("m@example.com", company=company, role=Role.MEMBER))
    page = member.get("/team/").content.decode()
    assert "bob@example.com" in page
    assert "/join/" not in page


def test_adding_somebody_who_is_known_looks_like_adding_a_newcomer() -> None:
    company, other = make_company(users=9), make_company("Other")
    make_person("known@example.com", company=other)
    client = sign_in(make_person(company=company))
    known = add(client, "known@example.com", password="a first password")
    Invitation.objects.all().delete()
    fresh = add(client, "fresh@example.com", password="a first password")
    hidden = r'(value="[\w-]{64}"|/team/[0-9a-f]{24}/)'
    assert re.sub(hidden, "", known).replace("known@", "X@") == re.sub(hidden, "", fresh).replace("fresh@", "X@")
    assert User.objects.get(email="known@example.com").check_password(PASSWORD)


def test_a_full_plan_is_a_sentence_and_nothing_typed_is_lost_but_the_password() -> None:
    company = make_company(users=1)
    page = add(sign_in(make_person(company=company)), name="Bob Builder", role="admin", password="a first password")
    assert "room for 1 person" in page
    assert 'value="Bob Builder"' in page
    assert 'value="bob@example.com"' in page
    assert re.search(r'value="admin"[^>]* checked', page)
    assert "a first password" not in page
    assert not User.objects.filter(email="bob@example.com").exists()


@pytest.mark.parametrize("email", ["nobody", "\u212aelly@example.com", "a@b", "a\x00@example.com"])
def test_an_address_that_is_none_is_a_sentence_at_its_field(email: str) -> None:
    page = add(sign_in(make_person(company=make_company())), email)
    assert 'id="id_email_error"' in page


def test_a_weak_first_password_is_refused() -> None:
    assert "too short" in add(sign_in(make_person(company=make_company())), password="short")
    assert not Membership.objects.filter(role=Role.MEMBER).exists()


def test_fields_that_nobody_asked_for_change_nothing() -> None:
    company, other = make_company(), make_company("Other")
    extra = {"company": str(other.pk), "company_id": str(other.pk), "is_staff": "1", "is_superuser": "1"}
    add(sign_in(make_person(company=company)), password="a first password", **extra)
    bob = User.objects.get(email="bob@example.com")
    assert (bob.is_staff, bob.is_superuser, bob.memberships.get().company) == (False, False, company)


def test_members_see_the_team_but_change_nothing() -> None:
    company = make_company()
    make_person(company=company)
    client = sign_in(make_person("m@example.com", company=company, role=Role.MEMBER))
    assert "Add somebody" not in client.get("/team/").content.decode()
    assert client.post("/team/", {"name": "B", "email": "b@example.com", "role": "member"}).status_code == 403
    key = key_of(company, "ana@example.com")
    assert client.post(f"/team/{key}/remove/").status_code == 403
    assert client.post(f"/team/{key_of(company, 'm@example.com')}/role/", {"role": "owner"}).status_code == 403
    assert company.memberships.count() == 2


def test_administrators_neither_touch_owners_nor_make_them() -> None:
    company = make_company(users=5)
    make_person(company=company)
    make_person("m@example.com", company=company, role=Role.MEMBER)
    client = sign_in(make_person("adm@example.com", company=company, role=Role.ADMIN))
    owner, member = key_of(company, "ana@example.com"), key_of(company, "m@example.com")
    assert client.post(f"/team/{owner}/remove/").status_code == 403
    assert client.post(f"/team/{owner}/role/", {"role": "member"}).status_code == 403
    assert client.post(f"/team/{member}/role/", {"role": "owner"}).status_code == 403
    add(client, role="owner")
    assert not company.invitations.exists()
    client.post(f"/team/{member}/role/", {"role": "admin"})
    assert company.memberships.filter(role=Role.ADMIN).count() == 2


def test_whoever_is_added_is_named_by_the_address_with_which_they_sign_in() -> None:
    client = sign_in(make_person(company=make_company(users=5)))
    assert "bob@example.com is invited" in add(client, " Bob@EXAMPLE.com ")


def test_changing_roles_and_removing_works_for_people_and_for_invitations() -> None:
    company = make_company(users=5)
    client = sign_in(make_person(company=company))
    make_person("m@example.com", company=company, role=Role.MEMBER)
    add(client)
    for email in ("m@example.com", "bob@example.com"):
        client.post(f"/team/{key_of(company, email)}/role/", {"role": "admin"})
    assert company.memberships.get(user__email="m@example.com").role == "admin"
    assert company.invitations.get().role == "admin"
    for email in ("m@example.com", "bob@example.com"):
        client.post(f"/team/{key_of(company, email)}/remove/")
    assert seats_taken(company) == 1


def test_the_role_that_somebody_has_is_no_change_and_no_story() -> None:
    company = make_company(users=5)
    client = sign_in(make_person(company=company))
    make_person("m@example.com", company=company, role=Role.MEMBER)
    add(client)
    told = company.events.count()
    for email, role in (("m@example.com", "member"), ("bob@example.com", str(company.invitations.get().role))):
        page = client.post(f"/team/{key_of(company, email)}/role/", {"role": role}, follow=True).content.decode()
        assert "that is the role already" in page
        assert "The role was changed." not in page
    assert company.events.count() == told


def test_the_last_owner_reads_why_they_stay() -> None:
    company = make_company()
    client = sign_in(make_person(company=company))
    page = client.post(f"/team/{key_of(company, 'ana@example.com')}/remove/", follow=True).content.decode()
    assert "needs at least one owner" in page
    assert company.memberships.exists()


def test_anybody_else_may_leave_by_themselves() -> None:
    company = make_company()
    make_person(company=company)
    client = sign_in(make_person("m@example.com", company=company, role=Role.MEMBER))
    page = client.post(f"/team/{key_of(company, 'm@example.com')}/remove/", follow=True)
    assert "You are in no company" in page.content.decode()
    assert "<title>You are in no company" in page.content.decode()
    assert "You left Ana Sousa." in page.content.decode()


@pytest.mark.parametrize("act", ["role", "remove"])
def test_somebody_elses_person_is_answered_like_one_that_does_not_exist(act: str) -> None:
    mine, foreign = make_company(), make_company("Foreign")
    client = sign_in(make_person(company=mine))
    make_person("f@example.com", company=foreign)
    theirs = client.post(f"/team/{key_of(foreign, 'f@example.com')}/{act}/", {"role": "member"})
    missing = client.post(f"/team/{'0' * 24}/{act}/", {"role": "member"})
    assert (theirs.status_code, theirs.content) == (missing.status_code, missing.content)
    assert theirs.status_code == 404


def test_somebody_elses_invitation_is_answered_like_one_that_does_not_exist() -> None:
    company = make_company()
    client = sign_in(make_person(company=company))
    foreign = team.invite_owner_unlimited(
        make_company("Foreign"), make_person("f@example.com"), actor=Actor("x"), at=company.created_at
    )
    for act in ("accept", "decline"):
        theirs, missing = (client.post(f"/invitations/{pk}/{act}/") for pk in (foreign.pk, 10**12))
        assert (theirs.status_code, theirs.content) == (missing.status_code, missing.content)
        assert theirs.status_code == 404


def test_every_page_forbids_what_is_not_its_own_and_is_not_kept() -> None:
    client = sign_in(make_person(company=make_company()))
    for path in ("/", "/team/", "/accounts/login/", "/nothing/"):
        answer = client.get(path)
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert "no-store" in answer["Cache-Control"]


def test_every_post_needs_its_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person(company=make_company()))
    for path in ("/team/", "/company/switch/", "/accounts/logout/", "/accounts/login/", "/i18n/setlang/"):
        answer = client.post(path)
        assert answer.status_code == 403
        assert "<h1>Nothing was done</h1>" in answer.content.decode()


def test_a_form_from_before_a_sign_in_in_another_tab_says_what_may_have_happened() -> None:
    company = make_company()
    tabs = Client(enforce_csrf_checks=True)
    tabs.force_login(make_person(company=company))
    before = tabs.get("/team/").context["csrf_token"]
    make_person("bob@example.com", company=company)
    tabs.logout()
    typed = {"login": "bob@example.com", "password": PASSWORD}
    signed_in = tabs.post(
        "/accounts/login/",
        {**typed, "csrfmiddlewaretoken": tabs.get("/accounts/login/").context["csrf_token"]},
    )
    assert signed_in.status_code == 302
    answer = tabs.post("/team/", {"name": "X", "email": "x@example.com", "csrfmiddlewaretoken": str(before)})
    assert answer.status_code == 403
    assert "perhaps you signed in or out in another tab" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_no_template_holds_a_script_or_a_style_in_itself() -> None:
    # No policy governs a mail, and no mail program fetches a style sheet.
    found = (Path(__file__).parents[3] / "templates").rglob("*.html")
    templates = [template for template in found if template.parent.name != "mail"]
    assert templates
    for template in templates:
        assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=", template.read_text()), template


def test_the_language_can_be_chosen() -> None:
    client = Client()
    client.post("/i18n/setlang/", {"language": "es", "next": "/accounts/login/"})
    assert '<html lang="es">' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500", "503"])
def test_every_error_page_stands_without_anything_around_it(name: str) -> None:
    assert "<h1>" in render_to_string(f"{name}.html")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "status", "told"),
    [
        (Role.OWNER, "suspended", True),
        (Role.MEMBER, "suspended", False),
        (Role.OWNER, "terminated", False),
        (Role.OWNER, "active", False),
    ],
)
def test_an_owner_who_works_in_an_open_company_is_told_of_their_unpaid_one(role: Role, status: str, told: bool) -> None:
    user = make_person(company=make_company("Ana Sousa"))
    other = Membership.objects.create(user=user, company=make_company("Cafe", status=status), role=role)
    client = sign_in(user)
    page = client.get("/").content.decode()
    assert ("Another company of yours, Cafe (Pro), is closed at the moment." in page) == told
    assert ("closed at the moment</small>" in page) == (status != "active")
    client.post("/company/switch/", {"company": other.company_id})
    assert "Another company of yours" not in client.get("/").content.decode()
