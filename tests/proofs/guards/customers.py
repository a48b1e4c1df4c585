"""Guards on what customers do: who may work at all, and how many people have a seat."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from companies import lifecycle, team
from companies.authorization.gates import Gate
from companies.errors import SeatLimitReached
from companies.models import Company, Role, User
from companies.people.seats import seats_taken
from tests.proofs.guards.guard import Guard, becomes, says
from tests.proofs.guards.stage import SOMEBODY, Stage

# How long the first one waits where a lock keeps the second one out; without the lock it is done by then.
PATIENCE = 5.0


def an_owner_adds_one_more_than_the_plan_allows(stage: Stage) -> list[str]:
    """Through the page; Team is for three."""
    stage.open("Alice")
    owner = Client()
    owner.force_login(User.objects.get(email="alice@example.com"))
    for number in range(3):
        owner.post("/team/", {"email": f"new{number}@example.com", "name": "New", "role": "member"})
    return _sitting(stage)


def a_locked_customer_goes_on_working(stage: Stage) -> list[str]:
    stage.open("Alice")
    lifecycle.lock(stage.company("Alice"), reason="Abuse", actor=SOMEBODY, at=timezone.now())
    owner = Client()
    owner.force_login(User.objects.get(email="alice@example.com"))
    return ["somebody works in a locked company"] if owner.get("/team/").status_code == 200 else []


def two_want_the_last_seat(stage: Stage) -> list[str]:
    """The first has counted and is about to write when the second comes."""
    stage.open("Alice")
    company = stage.company("Alice")
    _add(company, "first@example.com")
    first_has_counted, second_is_done = threading.Event(), threading.Event()

    def be_slow(execute: Callable[..., Any], sql: str, *details: Any) -> Any:
        if sql.startswith('INSERT INTO "companies_invitation"'):
            first_has_counted.set()
            second_is_done.wait(PATIENCE)
        return execute(sql, *details)

    def come_first() -> None:
        with connection.execute_wrapper(be_slow):
            _add(company, "second@example.com")
        connections.close_all()

    def come_second() -> None:
        first_has_counted.wait(20 * PATIENCE)
        _add(company, "third@example.com")
        second_is_done.set()
        connections.close_all()

    threads = [threading.Thread(target=come_first), threading.Thread(target=come_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _sitting(stage)


def _add(company: Company, email: str) -> None:
    try:
        team.add_member(company, email=email, name="New", role=Role.MEMBER, password=None, actor=SOMEBODY)
    except SeatLimitReached:
        return


def _sitting(stage: Stage) -> list[str]:
    taken = seats_taken(stage.company("Alice"))
    return [f"{taken} people have three seats"] if taken > 3 else []


GUARDS = (
    Guard("who is locked out can't work", "companies.middleware:gate_of", says(Gate.COMPANY),
          a_locked_customer_goes_on_working, "somebody works in a locked company"),
    Guard("seats are limited", "companies.team.adding:ensure_free_seat", says(None),
          an_owner_adds_one_more_than_the_plan_allows, "4 people have three seats"),
    # SQLite locks the whole file when a transaction begins, so there this lock is one of two.
    Guard("seats are counted under a lock", "companies.team.adding:lock_company", becomes(lambda company: company),
          two_want_the_last_seat, "4 people have three seats", needs_commits=True, only_on="postgresql"),
)  # fmt: skip
