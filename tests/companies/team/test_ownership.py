"""A company is handed over to somebody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from companies import team
from companies.errors import NeverSignedIn, NoLongerMember, NotAllowed
from companies.events import Code
from companies.mail.outbox import send_due_mails
from companies.models import Company, Event, Membership, Role, User
from tests.companies.factories import PASSWORD, make_company, make_person, sign_in, type_password
from tests.companies.seats import at_once
from tests.companies.team_page import key_of

pytestmark = pytest.mark.django_db
BOB = "bob@example.com"


def make_member(company: Company, email: str = BOB, role: Role = Role.MEMBER) -> Membership:
    """Somebody who has been here."""
    return make_person(email, company=company, role=role, last_login=timezone.now()).memberships.get()


def address_of(company: Company, email: str = BOB) -> str:
    return f"/team/{key_of(company, email)}/owner/"


def owners(company: Company) -> list[str]:
    return sorted(company.memberships.filter(role=Role.OWNER).values_list("user__email", flat=True))


def test_the_new_owner_may_everything_the_old_one_administers_and_both_are_told() -> None:
    company = make_company("Bakery")
    ana, bob = make_person(company=company).memberships.get(), make_member(company)
    team.hand_over(ana, bob)
    assert dict(company.memberships.values_list("user__email", "role")) == {"ana@example.com": "admin", BOB: "owner"}
    told = list(Event.objects.filter(company=company).order_by("pk").values_list("code", "actor_label", "reason"))
    assert told == [
        (Code.OWNERSHIP_HANDED_OVER, "ana@example.com", BOB),
        (Code.ROLE_CHANGED, "ana@example.com", "ana@example.com"),
    ]
    assert send_due_mails() == 2
    assert [(m.to, m.subject) for m in mail.outbox] == [
        ([BOB], "You are the owner of Bakery now"),
        (["ana@example.com"], "You handed Bakery over"),
    ]
    assert "http://localhost:8000/team/" in mail.outbox[0].body


def test_nobody_becomes_the_owner_who_was_never_here_or_is_gone() -> None:
    company = make_company(users=9)
    ana, bob, carla = (
        make_person(company=company).memberships.get(),
        make_member(company),
        make_member(company, "carla@example.com"),
    )
    User.objects.filter(pk=bob.user_id).update(last_login=None)
    with pytest.raises(NeverSignedIn):
        team.hand_over(ana, bob)
    User.objects.filter(pk=carla.user_id).update(is_active=False)
    with pytest.raises(NeverSignedIn):
        team.hand_over(ana, carla)
    Membership.objects.filter(pk=bob.pk).delete()
    with pytest.raises(NoLongerMember):
        team.hand_over(ana, bob)
    assert owners(company) == ["ana@example.com"]


def test_a_company_is_not_handed_over_to_somebody_of_another_one() -> None:
    company, foreign = make_company(), make_company("Foreign")
    ana, theirs = make_person(company=company).memberships.get(), make_member(foreign)
    with pytest.raises(NoLongerMember):
        team.hand_over(ana, theirs)
    assert (owners(company), owners(foreign)) == (["ana@example.com"], [])


@pytest.mark.django_db(transaction=True)
def test_an_owner_who_hands_over_to_two_at_once_is_followed_by_one() -> None:
    company = make_company(users=9)
    ana = make_person(company=company).memberships.get()
    bob, carla = make_member(company), make_member(company, "carla@example.com")
    refusals = at_once(lambda: team.hand_over(ana, bob), lambda: team.hand_over(ana, carla))
    assert sorted(isinstance(r, NotAllowed) for r in refusals) == [False, True]
    assert len(owners(company)) == 1
    assert owners(company) != ["ana@example.com"]


def test_the_password_is_asked_for_then_the_question_then_it_is_done() -> None:
    company = make_company("Bakery")
    make_person(company=company)
    make_member(company)
    client, address = Client(), address_of(company)
    type_password(client, "ana@example.com", PASSWORD)
    assert address in client.get(address.removesuffix("owner/")).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        for method in (client.get, client.post):
            assert method(address)["Location"].startswith("/accounts/confirm/?next=%2Fteam%2F")
        assert owners(company) == ["ana@example.com"]
        client.post("/accounts/confirm/", {"password": "wrong", "next": address})
        assert client.get(address).status_code == 302
        assert client.post("/accounts/confirm/", {"password": PASSWORD, "next": address})["Location"] == address
        assert owners(company) == ["ana@example.com"]  # the post from before is not repeated
        assert f"{BOB} becomes the owner" in client.get(address).content.decode()
        page = client.post(address, follow=True).content.decode()
    assert f"{BOB} is the owner now, and you are an administrator." in page
    assert owners(company) == [BOB]


def test_only_owners_hand_over_and_only_to_who_can_take_over() -> None:
    company, foreign = make_company(users=9), make_company("Foreign")
    make_person(company=company)
    make_member(company)
    make_person("new@example.com", company=company, role=Role.MEMBER)
    for email, where, role in (("adm@example.com", company, Role.ADMIN), ("s@example.com", foreign, Role.OWNER)):
        make_member(where, email, role)
    owner = Client()
    type_password(owner, "ana@example.com", PASSWORD)
    visitors = [owner, *(sign_in(User.objects.get(email=e)) for e in ("adm@example.com", BOB, "s@example.com"))]
    for email, answers in ((BOB, [200, 403, 403, 404]), ("new@example.com", [302, 403, 403, 404])):
        assert [client.get(address_of(company, email)).status_code for client in visitors] == answers
    for client in visitors[1:]:
        client.post(address_of(company))
    assert owner.post(f"/team/{key_of(company, 'ana@example.com')}/owner/")["Location"] == "/team/"
    assert owners(company) == ["ana@example.com"]


@pytest.mark.parametrize(
    ("meanwhile", "sentence"),
    [
        (lambda bob: Membership.objects.filter(pk=bob.pk).update(role=Role.OWNER), "This person is an owner already."),
        (lambda bob: Membership.objects.filter(pk=bob.pk).update(waits_since=timezone.now()), "waits for a seat"),
        (lambda bob: User.objects.filter(pk=bob.user_id).update(is_active=False), "signed in here, and still can,"),
    ],
)
def test_whoever_means_somebody_who_can_not_take_over_any_more_reads_why(
    meanwhile: Callable[[Membership], object], sentence: str
) -> None:
    company, owner = make_company(users=9), Client()
    make_person(company=company)
    bob, address = make_member(company), address_of(company)
    type_password(owner, "ana@example.com", PASSWORD)
    assert owner.get(address).status_code == 200
    meanwhile(bob)
    for ask in (owner.get, owner.post):
        assert sentence in ask(address, follow=True).content.decode()
    assert "ana@example.com" in owners(company)
