"""What CI's two rounds, each on its own services, need not both run, and what begins first in each."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from redis import Redis
from redis.connection import AbstractConnection

DATABASE = {"db", "transactional_db", "live_server"}
# A process that begins one of these when all others are done would be waited for alone.
LONGEST = ("nemesis", "upgrade", "container", "browser", "proofs", "scoreboard", "walk", "ticketz")

# These ask hundreds of pages what templates, gates and permissions decide, or do all that there is after one fault of
# WHMCS after another: the database keeps it, and takes no part. That it is kept alike on both is shown by a sample,
# which both rounds have: all that one visitor meets, some of the faults, and every test without such cases.
SAMPLES = {
    "tests/customers/test_names.py": {"owner"},
    "tests/customers/test_standing.py": {"owner"},
    "tests/customers/test_who_may.py": {"owner"},
    "tests/roles/test_forged_requests.py": {"manager"},
    "tests/proofs/test_leaks.py": {
        "nothing", "500 for the details", "the password with NUL", "True",
        "IntegrityError-companies_user", "RuntimeError-billing_subscription",
    },
    # Two of each kind of fault, and all of those in which processes or writers get in each other's way.
    "tests/scoreboard/test_scoreboard.py": {
        "F-01", "F-05b", "F-09", "F-15a", "F-22", "F-28", "F-33a", "F-38a", "F-44", "F-47", "F-53a", "F-58",
        "F-60", "F-62", "F-63", "F-64", "F-71", "F-86a",
    },
}  # fmt: skip


def is_seen_in_a_sample(item: pytest.Item) -> bool:
    """Whether a test is one of many alike, of which both rounds have others."""
    sample, case = SAMPLES.get(item.nodeid.partition("::")[0]), getattr(item, "callspec", None)
    return sample is not None and case is not None and case.id not in sample


def shows_the_same_anywhere(item: pytest.Item) -> bool:
    """Whether a test does without the run's database, which pytest-django refuses to it then."""
    return item.get_closest_marker("django_db") is None and DATABASE.isdisjoint(getattr(item, "fixturenames", ()))


def rank(item: pytest.Item) -> int:
    """Where a test stands in the order in which tests begin."""
    names = (f"tests/{folder}/" for folder in LONGEST)
    return next((n for n, name in enumerate(names) if item.nodeid.startswith(name)), len(LONGEST))


@contextmanager
def without_redis() -> Iterator[None]:
    """Refuse the run's Redis, as pytest-django does the database: who asks it shows something else without it."""
    if not settings.REDIS_URL:
        yield
        return
    own = Redis.from_url(settings.REDIS_URL).get_connection_kwargs()
    connect: Any = AbstractConnection.connect

    def connect_elsewhere(connection: AbstractConnection) -> None:
        if all(getattr(connection, name, None) == own.get(name) for name in ("host", "port", "db")):
            pytest.fail(
                "This test asks the Redis of the run: mark it with django_db, so that it runs with and without."
            )
        connect(connection)

    with patch.object(AbstractConnection, "connect", connect_elsewhere):
        yield
