"""For all tests: their order, what each begins with, cheap hashes, and a database that is quickly as it was."""

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import repeat

import hypothesis
import pytest
from django.test import Client, TransactionTestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker

from companies.brand import current
from tests.companies.factories import make_person, sign_in
from tests.hashing import cheap_hashes
from tests.pauses import without_pauses
from tests.rounds import is_seen_in_a_sample, rank, shows_the_same_anywhere, without_redis
from tests.rows import hurry, keep_rows
from ticketz import cache as table_cache

# An example takes as long as the machine's other work makes it take.
hypothesis.settings.register_profile(
    "busy", hypothesis.settings.default, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `.ci/run` leaves out of one of its rounds, and let what takes longest begin first."""
    for item in items:
        if shows_the_same_anywhere(item):
            item.add_marker("anywhere")
        if is_seen_in_a_sample(item):
            item.add_marker("once")
    items.sort(key=rank)


@pytest.fixture(autouse=True)
def _a_process_that_remembers_nothing() -> Iterator[None]:
    """What one test made the installation look like, or the language it ended in, is no business of the next."""
    current.forget()
    translation.deactivate()
    yield
    current.forget()


@pytest.fixture(autouse=True)
def _only_the_services_that_are_asked_for(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that is to show the same on all services uses none of them."""
    with without_redis() if request.node.get_closest_marker("anywhere") else nullcontext():
        yield


@pytest.fixture(autouse=True)
def _a_cache_that_is_not_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """One write in many counts the table of the cache, which would be one statement too many for some test."""
    monkeypatch.setattr(table_cache, "_writes", repeat(1))


@pytest.fixture
def operator(db: None) -> Client:
    """The browser of a superuser who is signed in."""
    return sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))


@pytest.fixture
def no_pauses() -> Iterator[None]:
    """A call that failed is tried again at once."""
    with without_pauses():
        yield


@pytest.fixture(autouse=True, scope="session")
def _cheap_hashes() -> Iterator[None]:
    with cheap_hashes():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a test that commits, the database is again as the migrations left it.

    Django would TRUNCATE every table, for which PostgreSQL needs a second, and then fill its own ones anew.
    """
    with django_db_blocker.unblock():
        hurry()
        as_migrated = keep_rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: as_migrated.put_back())
        yield
