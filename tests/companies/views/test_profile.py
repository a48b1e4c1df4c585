"""A person's own page: name, language, companies, invitations."""

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from companies import team
from companies.audit.log import AuditCode
from companies.events import Actor, Code
from companies.mail.outbox import queue_password_reset, send_due_mails
from companies.models import AuditEntry, Membership, Role, User
from tests.companies.factories import PASSWORD, make_company, make_person, make_plan, sign_in, type_password

pytestmark = pytest.mark.django_db
PATH = "/account/"


def save(client: Client, name: str = "Ana Maria", language: str = "pt-br") -> str:
    return client.post(PATH, {"name": name, "language": language}, follow=True).content.decode()


def leave(client: Client, pk: int) -> str:
    return client.post(f"{PATH}companies/{pk}/leave/", follow=True).content.decode()


def test_a_person_changes_their_name_and_it_is_written_down() -> None:
    user = make_person(company=make_company(), name="Ana")
    page = save(sign_in(user), language="en")
    user.refresh_from_db()
    assert user.name == "Ana Maria"
    assert "Your changes are saved." in page
    entry = AuditEntry.objects.get(code=AuditCode.PERSON_CHANGED)
    assert (entry.actor, entry.details) == (user, {"name": "Ana \u2192 Ana Maria"})


@pytest.mark.parametrize("typed", [{"name": " "}, {"name": "x" * 256}, {"language": "fr"}, {"language": ""}])
def test_what_is_no_name_or_no_language_of_ours_changes_nothing(typed: dict[str, str]) -> None:
    user = make_person(company=make_company(), name="Ana")
    page = save(sign_in(user), **typed)
    user.refresh_from_db()
    assert (user.name, user.language) == ("Ana", "")
    assert "errorlist" in page


def test_nobody_changes_more_of_themselves_than_name_and_language() -> None:
    user = make_person(company=make_company())
    more = {"email": "x@example.com", "is_staff": "on", "is_superuser": "on", "role": "owner"}
    sign_in(user).post(PATH, {"name": "Ana", "language": "en", **more})
    user.refresh_from_db()
    assert (user.email, user.is_staff, user.is_superuser) == ("ana@example.com", False, False)


def test_the_chosen_language_is_there_in_every_browser_and_in_mails() -> None:
    user = make_person(company=make_company(language="spanish"))
    assert "Suas altera\u00e7\u00f5es foram salvas." in save(sign_in(user))
    elsewhere = Client(headers={"accept-language": "en"})
    type_password(elsewhere, "ana@example.com", PASSWORD)
    for path in ("/", "/team/", PATH, "/accounts/two-factor/"):
        answer = elsewhere.get(path)
        assert (answer["Content-Language"], 'lang="pt-br"' in answer.content.decode()) == ("pt-br", True)
    queue_password_reset(User.objects.get())
    send_due_mails()
    assert "Ol\u00e1" in mail.outbox[0].body


def test_the_language_at_the_foot_of_a_page_is_kept_for_whoever_is_signed_in() -> None:
    client = sign_in(make_person(company=make_company()))
    for language, kept in (("es", "es"), ("fr", "es"), ("", "es"), ("en", "en")):
        client.post("/i18n/setlang/", {"language": language, "next": "/"})
        assert User.objects.get().language == kept
    Client().post("/i18n/setlang/", {"language": "es", "next": "/"})
    assert User.objects.get().language == "en"


@pytest.mark.parametrize(("asked_for", "kept"), [("es-MX, en;q=0.5", "es"), ("en", ""), ("fr", "")])
def test_who_never_chose_one_keeps_the_language_of_the_pages_on_which_they_signed_in(asked_for: str, kept: str) -> None:
    user = make_person(company=make_company())
    type_password(Client(headers={"accept-language": asked_for}), "ana@example.com", PASSWORD)
    user.refresh_from_db()
    assert user.language == kept
    type_password(Client(headers={"accept-language": "pt-BR"}), "ana@example.com", PASSWORD)
    user.refresh_from_db()
    assert user.language == (kept or "pt-br")


def test_a_language_that_is_none_of_ours_any_more_is_like_none() -> None:
    client = sign_in(make_person(company=make_company(), language="xx"))
    assert client.get(PATH)["Content-Language"] == settings.LANGUAGE_CODE


def test_the_page_lists_my_companies_with_role_and_standing_and_lets_me_work_in_another() -> None:
    user = make_person(company=make_company("Bakery"))
    blocked = make_company("Cafe", status="suspended")
    Membership.objects.create(user=user, company=blocked, role=Role.MEMBER)
    make_company("Strangers")
    client = sign_in(user)
    page = client.get(PATH).content.decode()
    for text in ("Bakery", "Cafe", "owner", "member", "you are working here", "Work here"):
        assert text in page
    assert "Strangers" not in page
    assert "Cafe is closed" in client.post("/company/switch/", {"company": blocked.pk}, follow=True).content.decode()


def test_two_companies_of_one_name_are_told_apart_by_their_plans() -> None:
    """Whoever buys twice has two companies called like themselves."""
    user = make_person(company=make_company("Ana Lima", plan=make_plan(name="Small")))
    other = make_company("Ana Lima", plan=make_plan(name="Large"))
    Membership.objects.create(user=user, company=other, role=Role.OWNER)
    client = sign_in(user)
    for path in (PATH, "/team/"):
        page = client.get(path).content.decode()
        assert [f"Ana Lima <small>{plan}</small>" in page for plan in ("Small", "Large")] == [True, True]


def test_two_companies_of_one_name_and_one_plan_are_told_apart_by_their_numbers() -> None:
    plan = make_plan(name="Small")
    user = make_person(company=make_company("Ana Lima", plan=plan))
    for name in ("Ana Lima", "Cafe"):
        Membership.objects.create(user=user, company=make_company(name, plan=plan), role=Role.OWNER)
    client = sign_in(user)
    for path in (PATH, "/team/"):
        page = client.get(path).content.decode()
        for membership in user.memberships.select_related("company"):
            is_double = membership.company.name == "Ana Lima"
            assert (f"Small #{membership.company_id}</small>" in page) is is_double


def test_who_leaves_is_out_with_an_event_also_where_the_company_is_blocked() -> None:
    company = make_company("Cafe", status="suspended")
    make_person(company=company)
    member = make_person("m@example.com", company=company, role=Role.MEMBER)
    assert "You left Cafe." in leave(sign_in(member), company.pk)
    assert not member.memberships.exists()
    event = company.events.get(code=Code.MEMBER_REMOVED)
    assert (event.actor, event.reason) == (member, "m@example.com")


def test_the_only_owner_cannot_leave() -> None:
    company = make_company()
    assert "needs at least one owner" in leave(sign_in(make_person(company=company)), company.pk)
    assert company.memberships.count() == 1


def test_leaving_a_company_of_strangers_is_like_leaving_one_that_does_not_exist() -> None:
    client, foreign = sign_in(make_person(company=make_company())), make_company("Strangers")
    make_person("s@example.com", company=foreign)
    answers = [client.post(f"{PATH}companies/{pk}/leave/") for pk in (foreign.pk, 987654)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert foreign.memberships.count() == 1


def test_an_invitation_that_waits_is_answered_here() -> None:
    user = make_person(company=make_company())
    other = make_company("Bakery")
    team.invite_owner_unlimited(other, user, actor=Actor("x"), at=timezone.now())
    client = sign_in(user)
    assert "You are invited to Bakery" in client.get(PATH).content.decode()
    client.post(f"/invitations/{user.invitations.get().pk}/accept/")
    assert "Bakery" in client.get(PATH).content.decode()


@pytest.mark.parametrize("staff", [True, False])
def test_who_has_no_company_has_an_account_all_the_same(staff: bool) -> None:
    client = sign_in(make_person(is_staff=staff))
    assert "You belong to no company." in client.get(PATH).content.decode()
    assert "Ana Maria" in save(client, language="en")


def test_people_of_a_blocked_company_reach_their_account_from_the_menu() -> None:
    client = sign_in(make_person(company=make_company(status="suspended")))
    assert f'href="{PATH}"' in client.get("/").content.decode()
    assert client.get(PATH).status_code == 200


def test_the_page_costs_as_much_for_many_companies_as_for_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    user = make_person(company=make_company())
    for number in range(9):
        Membership.objects.create(user=user, company=make_company(f"Company {number}"), role=Role.MEMBER)
    Membership.objects.update(last_seen_at=timezone.now())
    client = sign_in(user)
    client.get(PATH)  # writes down this browser
    with django_assert_max_num_queries(6):
        client.get(PATH)
