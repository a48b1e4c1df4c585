"""The stand-in for WHMCS, and a quiet log."""

from collections.abc import Iterator

import pytest

from sandbox import SandboxServer, Shop
from tests.forging import quiet_refusals
from tests.roles.stage import Stage, set_stage


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with quiet_refusals():
        yield


@pytest.fixture
def stage(db: None) -> Iterator[Stage]:
    with SandboxServer(shop=Shop()) as server:
        yield set_stage(server)
