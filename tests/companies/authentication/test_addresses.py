"""Another e-mail address: asked for, confirmed by a link, and nobody learns whose an address is."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from companies import team
from companies.audit.log import AuditCode
from companies.authentication.links import load_user_by_token, set_password_url
from companies.events import Actor, Code
from companies.mail.outbox import send_due_mails
from companies.models import AuditEntry, Company, Role, User
from tests.companies.factories import PASSWORD, is_signed_in, make_company, make_person, sign_in, type_password
from tests.companies.factors import give_app

pytestmark = pytest.mark.django_db
PATH = "/account/email/"
OLD, NEW = "ana@example.com", "ana@new.example"


@pytest.fixture
def ana() -> Client:
    """Somebody who signed in a moment ago, in a company."""
    make_person(company=make_company(), name="Ana")
    return enter()


def enter(email: str = OLD) -> Client:
    client = Client()
    type_password(client, email, PASSWORD)
    return client


def ask(client: Client, address: str = NEW) -> str:
    answer = client.post(PATH, {"email": address}, follow=True)
    return re.sub(r'value="[\w-]{64}"', "", answer.content.decode())


def link_in_mail() -> str:
    """The address within this installation that the newest mail leads to."""
    send_due_mails()
    return str(re.findall(r"http://localhost:8000(/\S*)", str(mail.outbox[-1].body))[0])


def link_after_asking(client: Client, address: str = NEW) -> str:
    ask(client, address)
    return link_in_mail()


def my_address() -> str:
    return User.objects.order_by("pk")[0].email


def test_the_link_to_the_new_address_changes_it_and_the_old_one_is_told(ana: Client) -> None:
    page = ask(ana, "  ANA@New.Example ")
    assert f"A link is on its way to {NEW}" in page
    assert my_address() == OLD
    link = link_in_mail()
    assert mail.outbox[-1].to == [NEW]
    assert NEW in ana.get(link).content.decode()
    assert my_address() == OLD
    assert f"From now on you sign in with {NEW}." in ana.post(link, follow=True).content.decode()
    assert my_address() == NEW
    send_due_mails()
    assert (mail.outbox[-1].to, NEW in mail.outbox[-1].body) == ([OLD], False)
    assert (is_signed_in(enter(NEW)), is_signed_in(enter(OLD))) == (True, False)


def test_the_change_is_told_to_the_company_and_to_the_audit_log(ana: Client) -> None:
    ana.post(link_after_asking(ana))
    event = Company.objects.get().events.get(code=Code.EMAIL_CHANGED)
    assert (event.before, event.after) == ({"email": OLD}, {"email": NEW})
    assert AuditEntry.objects.get(code=AuditCode.EMAIL_CHANGE_ASKED_FOR).details == {"email": NEW}
    assert AuditEntry.objects.get(code=AuditCode.EMAIL_CHANGED).details == {"email": f"{OLD} \u2192 {NEW}"}


def test_an_address_that_somebody_has_looks_like_any_other_and_its_owner_is_told(ana: Client) -> None:
    make_person("bob@example.com")
    known, unknown = ask(ana, "bob@example.com"), ask(ana, "bab@example.com")
    assert known.replace("bob@", "bab@") == unknown
    send_due_mails()
    told, asked = mail.outbox[-2:]
    assert (told.to, asked.to) == (["bob@example.com"], ["bab@example.com"])
    assert (OLD in told.body, PATH in told.body, PATH in asked.body) == (False, False, True)


def test_an_address_of_somebody_who_was_switched_off_looks_like_any_other(ana: Client) -> None:
    make_person("bob@example.com", is_active=False)
    assert ask(ana, "bob@example.com").replace("bob@", "bab@") == ask(ana, "bab@example.com")
    assert (send_due_mails(), mail.outbox[-1].to) == (1, ["bab@example.com"])


@pytest.mark.parametrize("typed", ["", "nobody", "a@b", "\u00e4@example.com", OLD, "Ana@EXAMPLE.com"])
def test_what_is_no_address_or_no_other_one_is_refused_with_a_sentence(typed: str, ana: Client) -> None:
    assert "errorlist" in ask(ana, typed)
    assert send_due_mails() == 0


def test_the_link_works_once(ana: Client) -> None:
    link = link_after_asking(ana)
    assert [ana.post(link).status_code for _ in range(2)] == [302, 410]
    ana.post(link_after_asking(ana, OLD))
    assert my_address() == OLD
    assert ana.post(link).status_code == 410


def test_a_link_that_is_no_longer_good_leads_to_where_one_asks_for_another(ana: Client) -> None:
    page = ana.get("/account/email/nonsense/").content.decode()
    assert 'href="/account/email/"' in page
    assert "whoever sent you" not in page


def test_whoever_opens_the_link_once_more_reads_that_it_is_done(ana: Client) -> None:
    link = link_after_asking(ana)
    ana.post(link)
    page = ana.get(link).content.decode()
    assert f"You sign in with {NEW} already." in page
    assert 'href="/account/email/"' not in page
    ana.post(link_after_asking(ana, OLD))
    assert "already. There is nothing" not in ana.get(link).content.decode()


@pytest.mark.parametrize(("opened", "told"), [("link", True), ("/account/", False), ("/nowhere/", False)])
def test_whoever_opens_the_link_signed_out_reads_which_address_to_sign_in_with(
    opened: str, told: bool, ana: Client
) -> None:
    link = link_after_asking(ana)
    page = Client().get("/accounts/login/", {"next": link if opened == "link" else opened}).content.decode()
    assert ("sign in with the old one" in page) is told
    if told:
        failed = Client().post("/accounts/login/", {"login": NEW, "password": "x", "next": link}).content.decode()
        assert "sign in with the old one" in failed


def test_of_two_links_one_is_good(ana: Client) -> None:
    first, second = link_after_asking(ana, "a@new.example"), link_after_asking(ana, "b@new.example")
    ana.post(second)
    assert (ana.post(first).status_code, my_address()) == (410, "b@new.example")


@pytest.mark.parametrize(("minutes", "status"), [(59, 200), (61, 410)])
def test_the_link_is_good_for_an_hour(minutes: int, status: int, ana: Client) -> None:
    link = link_after_asking(ana)
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        assert ana.get(link).status_code == status


def test_a_new_password_ends_the_link(ana: Client) -> None:
    link = link_after_asking(ana)
    user = User.objects.get()
    user.set_password("another horse battery")
    user.save()
    assert sign_in(user).get(link).status_code == 410


def test_an_address_that_changed_in_another_way_ends_the_link(ana: Client) -> None:
    link = link_after_asking(ana)
    User.objects.update(email="other@example.com")
    assert (ana.post(link).status_code, my_address()) == (410, "other@example.com")


def test_whoever_reads_the_mail_without_being_that_person_gets_nothing(ana: Client) -> None:
    link = link_after_asking(ana)
    stranger = sign_in(make_person("bob@example.com"))
    forged = link[:-3] + ("aaa" if not link.endswith("aaa/") else "bbb") + "/"
    answers = [stranger.get(link), stranger.post(link), stranger.get(forged), ana.get(forged)]
    assert [answer.status_code for answer in answers] == [410] * 4
    assert Client().post(link)["Location"].startswith("/accounts/login/")
    assert sorted(User.objects.values_list("email", flat=True)) == [OLD, "bob@example.com"]


def test_an_address_that_was_taken_meanwhile_is_not_taken_twice(ana: Client) -> None:
    link = link_after_asking(ana)
    make_person(NEW)
    assert (ana.post(link).status_code, my_address()) == (410, OLD)


def test_everybody_else_in_the_account_is_signed_out_and_old_links_are_dead(ana: Client) -> None:
    thief, link = enter(), link_after_asking(ana)
    first_password = set_password_url(User.objects.get()).rsplit("/", 2)[1]
    assert load_user_by_token(first_password)
    ana.post(link)
    assert (ana.get("/account/").status_code, thief.get("/account/").status_code) == (200, 302)
    assert load_user_by_token(first_password) is None


def test_invitations_stay_with_the_old_address(ana: Client) -> None:
    user, other = User.objects.get(), make_company("Bakery")
    team.invite_owner_unlimited(other, user, actor=Actor("x"), at=timezone.now())
    send_due_mails()
    ana.post(link_after_asking(ana))
    assert "Bakery" not in ana.get("/account/").content.decode()
    invitation = other.invitations.get()
    assert (invitation.email, invitation.closed_at) == (OLD, None)


def test_who_it_is_is_asked_again_after_a_while(ana: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        for answer in (ana.get(PATH), ana.post(PATH, {"email": NEW})):
            assert answer["Location"].startswith("/accounts/confirm/")
    assert send_due_mails() == 0


def test_a_second_factor_is_asked_for_at_both_pages(ana: Client) -> None:
    link = link_after_asking(ana)
    give_app(User.objects.get())
    for path in (PATH, link):
        assert ana.post(path, {"email": NEW})["Location"].startswith("/accounts/confirm/")
    assert my_address() == OLD


def test_nobody_floods_strangers_with_mail(ana: Client) -> None:
    answers = [ana.post(PATH, {"email": f"{number}@new.example"}).status_code for number in range(7)]
    assert answers == [302] * 5 + [429] * 2
    assert send_due_mails() == 5


def test_without_mail_the_page_says_whom_to_ask(ana: Client, settings: Settings) -> None:
    settings.MAIL_IS_CONFIGURED = False
    for page in (ana.get(PATH).content.decode(), ask(ana)):
        assert "sends no mail" in page
        assert "<input" not in page.partition("<main")[2].partition("</main>")[0]
    assert not AuditEntry.objects.filter(code=AuditCode.EMAIL_CHANGE_ASKED_FOR).exists()


@pytest.mark.parametrize("role", list(Role))
def test_people_of_a_blocked_company_change_theirs_in_every_role(role: Role) -> None:
    make_person(company=make_company(status="suspended"), role=role)
    client = enter()
    client.post(link_after_asking(client))
    assert my_address() == NEW


def test_who_has_no_password_to_show_is_led_to_where_one_can_be_had() -> None:
    person = make_person(company=make_company())
    person.set_unusable_password()
    person.save()
    client = Client()
    client.force_login(person)
    answer = client.get(PATH, follow=True)
    assert answer.redirect_chain == [("/accounts/password/reset/", 302)]
    assert "You have no password yet" in answer.content.decode()
