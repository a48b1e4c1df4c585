"""The stand-in for WHMCS, and a quiet log."""

import logging
from collections.abc import Iterator

import pytest

from sandbox import SandboxServer, Shop
from tests.roles.stage import Stage, set_stage


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refusals are what is asked for here: nobody needs to read about each."""
    logger = logging.getLogger("django.request")
    logger.disabled = True
    yield
    logger.disabled = False


@pytest.fixture
def stage(db: None) -> Iterator[Stage]:
    with SandboxServer(shop=Shop()) as server:
        yield set_stage(server)
