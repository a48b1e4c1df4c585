"""The stage: a stand-in for WHMCS in this process, and password hashes that cost next to nothing."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from companies.hashers import OwaspArgon2Hasher
from sandbox import SandboxServer, Shop
from tests.proofs import stores
from tests.proofs.story import World


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof hashes thousands of times; the parameters prove nothing here."""
    monkeypatch.setattr(OwaspArgon2Hasher, "memory_cost", 8)
    monkeypatch.setattr(OwaspArgon2Hasher, "time_cost", 1)


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
