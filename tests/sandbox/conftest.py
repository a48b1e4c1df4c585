"""A running stand-in for the tests, and a client for it."""

from collections.abc import Iterator

import pytest

from sandbox import SandboxServer
from tests.sandbox.caller import Caller


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer() as running:
        yield running


@pytest.fixture
def caller(server: SandboxServer) -> Iterator[Caller]:
    with Caller(server) as calling:
        yield calling
