"""The doors at which addresses are typed, and addresses of people of every kind."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from companies.authentication.hashers import encode_readings
from companies.models import Company, Invitation, Membership, Role, User
from plans.models import Plan

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody
OWNER = "an.owner@bakery.example"
KNOWN = {
    "a customer": "known@bakery.example",
    "an operator": "staff@bakery.example",
    "somebody switched off": "leftus@bakery.example",
    "with a first password of two readings": "twice@bakery.example",
    "who never chose a password": "never@bakery.example",
    "of a suspended company": "owner@closed.example",
}
NOBODYS = "nobody@bakery.example"
DOORS = (
    "a sign-in with a wrong password", "a forgotten password", "a forgotten password where no mail is sent",
    "an invitation by link", "somebody added with a first password", "another address for oneself",
)  # fmt: skip


class Ask(NamedTuple):
    """One request: by which browser, where, with what typed."""

    client: Client
    path: str
    typed: Mapping[str, Any]

    def post(self) -> Any:
        """What is answered."""
        return self.client.post(self.path, self.typed)


@dataclass(frozen=True, slots=True)
class Door:
    """Where somebody types an address. `takes_another_way` where it is known by doing something else for it.

    That has to cost as much; what is written then is a person here and an invitation there.
    """

    ask: Callable[[str], Ask]
    has_mail: bool = True
    takes_another_way: bool = False


@contextmanager
def forgetting(client: Client) -> Iterator[None]:
    """Afterwards the browser knows what it knew before."""
    cookies = SimpleCookie(client.cookies)
    yield
    client.cookies = cookies


def prepare(*, has_mail: bool) -> None:
    """Nobody is slowed down for what was asked before, and nothing is left of it."""
    settings.MAIL_IS_CONFIGURED = has_mail
    cache.clear()
    Invitation.objects.all().delete()
    Membership.objects.exclude(role=Role.OWNER).delete()
    User.objects.filter(email=NOBODYS).delete()


def make_people() -> dict[str, Door]:
    """Everybody of `KNOWN`, two companies, and the doors by their names."""
    plan = Plan.objects.create(name="Pro", users=9)
    for email in (OWNER, *KNOWN.values()):
        user = User(email=email, name="Somebody", last_login=timezone.now(), is_staff=email == KNOWN["an operator"])
        user.is_active = email != KNOWN["somebody switched off"]
        user.set_password(None if email == KNOWN["who never chose a password"] else PASSWORD)
        if email == KNOWN["with a first password of two readings"]:
            user.password = encode_readings([PASSWORD, f"{PASSWORD}&amp;"])
        user.save()
    for name, status, owner in (("Bakery", "active", OWNER), ("Closed", "suspended", KNOWN["of a suspended company"])):
        company = Company.objects.create(name=name, plan=plan, status=status)
        Membership.objects.create(company=company, user=User.objects.get(email=owner), role=Role.OWNER)
    return _doors(Client(HTTP_HOST="localhost"), _owner())


def _owner() -> Client:
    client = Client(HTTP_HOST="localhost")
    client.post("/accounts/login/", {"login": OWNER, "password": PASSWORD})
    client.get("/team/")
    return client


def _doors(stranger: Client, owner: Client) -> dict[str, Door]:
    person = {"name": "Somebody", "role": "member"}

    def sign_in(address: str) -> Ask:
        return Ask(stranger, "/accounts/login/", {"login": address, "password": "not this one"})

    def reset(address: str) -> Ask:
        return Ask(stranger, "/accounts/password/reset/", {"email": address})

    def invite(address: str) -> Ask:
        return Ask(owner, "/team/", {**person, "email": address})

    def add(address: str) -> Ask:
        return Ask(owner, "/team/", {**person, "email": address, "password": "a first one for them"})

    def move(address: str) -> Ask:
        return Ask(owner, "/account/email/", {"email": address})

    doors = (
        Door(sign_in), Door(reset), Door(reset, has_mail=False), Door(invite), Door(add, takes_another_way=True),
        Door(move),
    )  # fmt: skip
    return dict(zip(DOORS, doors, strict=True))
