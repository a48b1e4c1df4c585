"""The stage: a stand-in for WHMCS in this process, and copies of the database."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from sandbox import SandboxServer, Shop
from tests.proofs import stores
from tests.proofs.story import World


@pytest.fixture(autouse=True, scope="session")
def _copies(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Copies of the test database stay for the next try, and go when all is done."""
    with django_db_blocker.unblock():
        stores.drop_copies()
    yield
    with django_db_blocker.unblock():
        stores.drop_copies()


@pytest.fixture
def whmcs() -> Iterator[SandboxServer]:
    with SandboxServer(shop=Shop()) as server:
        yield server


@pytest.fixture
def world(whmcs: SandboxServer, transactional_db: None) -> World:
    return World(whmcs)
