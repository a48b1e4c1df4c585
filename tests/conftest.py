"""For all tests."""

from collections.abc import Iterator

import pytest

from companies.brand import current


@pytest.fixture(autouse=True)
def _a_process_that_remembers_nothing() -> Iterator[None]:
    """What one test made the installation look like is no business of the next."""
    current.forget()
    yield
    current.forget()
