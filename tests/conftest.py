"""For all tests: what each begins with, and password hashes that cost next to nothing."""

from collections.abc import Iterator

import pytest

from companies.brand import current
from tests.hashing import cheap_hashes


@pytest.fixture(autouse=True)
def _a_process_that_remembers_nothing() -> Iterator[None]:
    """What one test made the installation look like is no business of the next."""
    current.forget()
    yield
    current.forget()


@pytest.fixture(autouse=True, scope="session")
def _cheap_hashes() -> Iterator[None]:
    with cheap_hashes():
        yield
