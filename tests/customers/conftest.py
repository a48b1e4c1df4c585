"""One stage for each walk, and a quiet log."""

from collections.abc import Iterator

import pytest

from tests.customers.stage import Stage, set_stage
from tests.forging import quiet_refusals


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with quiet_refusals():
        yield


@pytest.fixture
def stage(db: None) -> Stage:
    return set_stage()
