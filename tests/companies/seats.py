"""Companies with more people than seats, who waits in them, and people who do something at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection
from django.test import Client
from django.utils import timezone

from companies import team
from companies.errors import CompanyError
from companies.events import Actor
from companies.models import Company, Membership, Role, User
from plans.models import Plan
from tests.companies.factories import make_company, make_person, sign_in

NAMES = ("bob", "carla", "dora")
PAGE = "/team/who-stays/"


def downgraded(users: int = 2) -> Company:
    """A company of an owner and three members, with room for `users`."""
    company = make_company(users=9)
    make_person(company=company)
    for name in NAMES:
        make_person(f"{name}@example.com", company=company, role=Role.MEMBER, last_login=timezone.now())
    resize(company, users)
    return company


def crowded(people: int) -> Company:
    """A company of an owner and so many members with names as long as real ones."""
    company = make_company(users=400)
    make_person(company=company)
    users = [
        User(email=f"person.{n:03}@department.example.com", name=f"Person Number {n} of the Department")
        for n in range(people)
    ]
    made = User.objects.bulk_create(users)
    Membership.objects.bulk_create(Membership(user=user, company=company, role=Role.MEMBER) for user in made)
    return company


def of(name: str) -> Client:
    """The browser of one of them."""
    return sign_in(User.objects.get(email=f"{name}@example.com"))


def resize(company: Company, users: int) -> None:
    Plan.objects.filter(pk=company.plan_id).update(users=users)
    company.plan.refresh_from_db()


def member(name: str) -> Membership:
    return Membership.objects.get(user__email=f"{name}@example.com")


def choose(company: Company, *stay: str, but: tuple[str, ...] = ()) -> None:
    wait = [member(name) for name in NAMES if name not in stay + but]
    team.choose_who_stays(company, stay=[member(name) for name in stay], wait=wait, actor=Actor("the boss"))


def who_waits(company: Company) -> list[str]:
    rows = company.memberships.filter(waits_since__isnull=False).order_by("user__email")
    return [row.user.email.split("@")[0] for row in rows]


def at_once(*calls: Callable[[], object]) -> list[CompanyError | None]:
    """Run all calls at the same moment; what each was refused with, or None."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], object]) -> CompanyError | None:
        try:
            gate.wait()
            call()
        except CompanyError as error:
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
