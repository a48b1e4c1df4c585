"""A cast and a stage: a WHMCS stand-in over HTTP, three plans, a gateway that points to the stand-in."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from billing import sync
from billing.decisions import approvals
from billing.models import SyncRun, WhmcsGateway
from companies.events import Actor
from plans.models import Plan
from sandbox import SandboxServer, Shop
from tests.billing.factories import gateway_for
from ticketz.celery import app

Sync = Callable[..., SyncRun]
Approve = Callable[[], int]


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


@pytest.fixture
def approve(gateway: WhmcsGateway) -> Approve:
    """Say yes to all that waits; returns how much that was."""

    def approve_all() -> int:
        waiting = approvals.load_waiting(gateway)
        for held in waiting:
            approvals.approve(held, version=held.version, actor=Actor("somebody"), at=timezone.now())
        return len(waiting)

    return approve_all


@pytest.fixture
def at_once() -> Iterator[None]:
    """What a worker is asked for is done at once."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False
