"""Two people at the same moment: real threads, real connections, both databases."""

import pytest

from companies import team
from companies.authorization.roles import LastSuperuser, OperatorRole, set_role
from companies.errors import LastOwner, SeatLimitReached
from companies.events import Actor
from companies.models import Role, User
from companies.people.seats import seats_taken
from tests.companies.factories import make_company, make_person
from tests.companies.seats import at_once

pytestmark = pytest.mark.django_db(transaction=True)
BOSS = Actor("the boss")


def add(company: object, email: str, password: str | None) -> object:
    return team.add_member(company, email=email, name="X", role=Role.MEMBER, password=password, actor=BOSS)  # type: ignore[arg-type]


@pytest.mark.parametrize("password", [None, "long enough pw"])
def test_the_last_seat_goes_to_one_and_the_others_read_a_sentence(password: str | None) -> None:
    company = make_company(users=3)
    make_person(company=company)
    make_person("bob@example.com", company=company, role=Role.MEMBER)
    refusals = at_once(*(lambda n=n: add(company, f"new{n}@example.com", password) for n in range(6)))
    assert sorted(isinstance(r, SeatLimitReached) for r in refusals) == [False] + [True] * 5
    assert seats_taken(company) == 3


def test_two_owners_who_leave_at_once_leave_one_behind() -> None:
    company = make_company()
    ana = make_person(company=company).memberships.get()
    bob = make_person("bob@example.com", company=company).memberships.get()
    refusals = at_once(
        lambda: team.remove_member(ana, actor=BOSS), lambda: team.change_role(bob, Role.MEMBER, actor=BOSS)
    )
    assert sorted(isinstance(r, LastOwner) for r in refusals) == [False, True]
    assert company.memberships.filter(role=Role.OWNER).count() == 1


def test_two_companies_that_add_the_same_newcomer_at_once_share_one_person() -> None:
    first, second = make_company("First"), make_company("Second")
    refusals = at_once(
        lambda: add(first, "bob@example.com", "first idea pw"), lambda: add(second, "bob@example.com", "second idea pw")
    )
    assert refusals == [None, None]
    bob = User.objects.get(email="bob@example.com")
    assert bob.memberships.count() == 1
    assert seats_taken(first) == seats_taken(second) == 1


def test_two_superusers_who_demote_each_other_at_once_leave_one_behind() -> None:
    one, other = (make_person(f"{name}@example.com", is_staff=True, is_superuser=True) for name in ("one", "other"))
    refusals = at_once(lambda: set_role(one, OperatorRole.SUPPORT), lambda: set_role(other, OperatorRole.NOBODY))
    assert sorted(isinstance(r, LastSuperuser) for r in refusals) == [False, True]
    assert User.objects.filter(is_superuser=True, is_active=True).count() == 1
