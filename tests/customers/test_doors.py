"""Who types an address learns nothing about whose it is: not from the answer, and not from the work behind it.

How long the work takes is measured by `python -m bench.doors`.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import argon2
import pytest
from django.core import mail
from pytest_django import Settings

from bench.doors.doors import DOORS, KNOWN, NOBODYS, Ask, Door, forgetting, make_people, prepare
from bench.measure import counting_queries
from companies.models import AuditEntry, OutgoingMail
from tests.customers.visitors import answer_of

pytestmark = pytest.mark.django_db
# What names a row of the list of people, and the link of an invitation, are other ones for each.
DRAWN = re.compile(r"/team/[0-9a-f]{24}/|/join/[^\"/]+|id=\"[^\"]*\"")
SAVEPOINT = re.compile(r' "s\d+_x\d+"')


@dataclass
class Work:
    """What happened behind a door: password hashes, statements, mails written down or sent at once, audit entries."""

    hashes: int = 0
    statements: list[str] = field(default_factory=list)
    written: int = 0
    sent: int = 0
    noted: int = 0


@contextmanager
def watching() -> Iterator[Work]:
    """Count the work of the block; hashes are counted where the library makes them."""
    work, before = Work(), _stored()

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def count(*args: Any, **options: Any) -> Any:
            work.hashes += 1
            return real(*args, **options)

        return count

    with (
        patch("argon2.low_level.hash_secret", counted(argon2.low_level.hash_secret)),
        patch("argon2.PasswordHasher.verify", counted(argon2.PasswordHasher.verify)),
        counting_queries() as statements,
    ):
        yield work
    work.statements = [SAVEPOINT.sub("", statement) for statement in statements]
    work.written, work.sent, work.noted = (now - then for now, then in zip(_stored(), before, strict=True))


def _stored() -> tuple[int, int, int]:
    return OutgoingMail.objects.count(), len(mail.outbox), AuditEntry.objects.count()


def knock(door: Door, address: str) -> tuple[list[str], Work]:
    """All that is seen there, with the page that it leads to, and the work."""
    prepare(has_mail=door.has_mail)
    asked = door.ask(address)
    with forgetting(asked.client):
        with watching() as work:
            response = asked.post()
        seen = [_seen(response, asked, address)]
        if response.status_code == 302:
            seen.append(_seen(asked.client.get(response["Location"]), asked, address))
    return seen, work


def _seen(response: Any, asked: Ask, address: str) -> str:
    response.cookies.pop("messages", None)  # the next page shows what it says
    return DRAWN.sub("DRAWN", str(answer_of(response, asked.path, hide=address)))


@pytest.mark.parametrize("name", DOORS)
def test_every_address_is_answered_alike_after_the_same_work(name: str, settings: Settings) -> None:
    door = make_people()[name]
    knock(door, NOBODYS)  # what is read once is read
    unknown, usual = knock(door, NOBODYS)
    for who, address in KNOWN.items():
        seen, work = knock(door, address)
        assert seen == unknown, who
        assert (work.sent, work.hashes, work.noted) == (0, usual.hashes, usual.noted), who
        assert len(work.statements) == len(usual.statements), who
        if not door.takes_another_way:
            assert (work.statements, work.written) == (usual.statements, usual.written), who
