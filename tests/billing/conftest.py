"""A cast and a stage: a WHMCS stand-in over HTTP, three plans, a gateway that points to the stand-in."""

from collections.abc import Callable, Iterator

import pytest

from billing import sync
from billing.models import SyncRun, WhmcsGateway
from plans.models import Plan
from sandbox import SandboxServer, Shop

Sync = Callable[..., SyncRun]


@pytest.fixture
def whmcs() -> Iterator[SandboxServer]:
    with SandboxServer(shop=Shop()) as server:
        yield server


@pytest.fixture
def shop(whmcs: SandboxServer) -> Shop:
    return whmcs.shop


@pytest.fixture
def plans(db: None) -> dict[str, Plan]:
    limits = {"Starter": 1, "Team": 3, "Business": 10}
    return {name: Plan.objects.create(name=name, users=users) for name, users in limits.items()}


@pytest.fixture
def gateway(whmcs: SandboxServer, plans: dict[str, Plan]) -> WhmcsGateway:
    return gateway_for(whmcs)


@pytest.fixture
def run(gateway: WhmcsGateway) -> Sync:
    """Sync the gateway as it stands in the database now."""

    def run_now(**options: object) -> SyncRun:
        fresh = WhmcsGateway.objects.get(pk=gateway.pk)
        return sync.sync_gateway(fresh, trigger=SyncRun.Trigger.COMMAND, **options)  # type: ignore[arg-type]

    return run_now


def gateway_for(whmcs: SandboxServer, name: str = "Shop") -> WhmcsGateway:
    return WhmcsGateway.objects.create(
        name=name, base_url=whmcs.url, api_identifier=whmcs.identifier, api_secret=whmcs.secret, product_code=7
    )
