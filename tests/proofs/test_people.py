"""People and their seats: a crash in the middle of a click, and two clicks at the same moment."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from companies import team
from companies.authentication.links import invitation_url
from companies.errors import SeatLimitReached
from companies.events import Actor
from companies.mail import outbox
from companies.models import Company, Invitation, OutgoingMail, Role
from companies.people.seats import seats_taken
from tests.companies.factories import make_company, make_person, sign_in
from tests.proofs import processes, stores
from tests.proofs.matrix import Matrix
from tests.proofs.state import load_state

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a long first password"
NEWCOMER = {"email": "new@example.com", "name": "Newcomer", "role": "member"}
PASSWORDS = {"new@example.com": PASSWORD, "ana@example.com": "correct horse battery"}
Click = Callable[[], object]


@pytest.fixture
def company() -> Company:
    company = make_company(users=3)
    make_person(company=company)
    return company


def invite(company: Company, email: str) -> Invitation:
    invitation = team.add_member(company, email=email, name="N", role=Role.MEMBER, password=None, actor=Actor("boss"))
    assert isinstance(invitation, Invitation)
    return invitation


def add_with_a_password(company: Company) -> Click:
    owner = sign_in(company.memberships.get().user)
    return lambda: owner.post("/team/", {**NEWCOMER, "password": PASSWORD})


def add_by_invitation(company: Company) -> Click:
    owner = sign_in(company.memberships.get().user)
    return lambda: owner.post("/team/", NEWCOMER)


def accept_an_invitation(company: Company) -> Click:
    invitation = invite(company, "new@example.com")
    invited = sign_in(make_person("new@example.com", password=PASSWORD))
    return lambda: invited.post(f"/invitations/{invitation.pk}/accept/")


def join_through_the_link(company: Company) -> Click:
    link = urlsplit(invitation_url(invite(company, "new@example.com"))).path
    typed = {"name": "Newcomer", "password1": PASSWORD, "password2": PASSWORD}

    def join() -> None:
        # The throttle's own lock outlives a killed process by ten seconds. They have passed.
        cache.clear()
        Client().post(link, typed)

    return join


@pytest.mark.parametrize(
    "prepare", [add_with_a_password, add_by_invitation, accept_an_invitation, join_through_the_link]
)
def test_a_click_killed_anywhere_is_done_by_the_next(company: Company, prepare: Callable[[Company], Click]) -> None:
    click = prepare(company)
    with stores.frozen() as template:
        problems = Matrix(template, click, lambda: load_state(PASSWORDS), click).problems()
    assert problems == []
    assert not company.memberships.exclude(user__email="ana@example.com").exists()


def send_later() -> None:
    """The next attempt at a mail, whenever it is due."""
    OutgoingMail.objects.update(due_at=timezone.now())
    outbox.send_due_mails()


def test_a_mail_killed_anywhere_in_its_sending_is_sent_by_the_next_attempt(company: Company) -> None:
    invite(company, "new@example.com")
    with stores.frozen() as template:
        look = lambda: {"sent": [(m.kind, m.sent_at is not None) for m in OutgoingMail.objects.all()]}  # noqa: E731
        problems = Matrix(template, outbox.send_due_mails, look, send_later, twice=False).problems()
    assert problems == []
    assert OutgoingMail.objects.get().sent_at is None


def test_the_last_seat_is_given_once_to_two_who_want_it_at_the_same_moment(company: Company) -> None:
    """Two processes through the real page, twenty times."""
    make_person("bob@example.com", company=company, role=Role.MEMBER)
    owner = sign_in(company.memberships.get(role=Role.OWNER).user)
    no_room = str(SeatLimitReached(3))

    def add(number: int) -> str:
        return owner.post("/team/", {**NEWCOMER, "email": f"new{number}@example.com"}, follow=True).content.decode()

    for number in range(20):
        at_once = [processes.start(lambda n=n: add(n)) for n in (2 * number, 2 * number + 1)]  # type: ignore[misc]
        answers = [child.join()[1] or "" for child in at_once]
        assert sorted(no_room in answer for answer in answers) == [False, True]
        assert seats_taken(company) == 3
        team.withdraw(company.invitations.get(closed_at=None), actor=Actor("boss"))
