"""Three services in the shop, for faults to happen to."""

import pytest

from sandbox import SandboxServer


@pytest.fixture(autouse=True)
def three_services(server: SandboxServer) -> None:
    for name in ("Ana", "Ben", "Cem"):
        server.shop.buy(name, "Souza", f"{name}@example.com", plan="Team", password="first")
