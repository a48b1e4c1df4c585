"""A worker that is asked to end hands a long run over instead of holding everybody up, and loses nothing by it."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from billing.models import AttentionItem, SyncRun, WhmcsGateway
from billing.runs import stopping
from billing.runs.schedule import due_at
from companies.models import Company
from sandbox import SandboxServer
from tests.proofs.story import buy, make_gateway, sync_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked_to_end(whmcs: SandboxServer) -> Iterator[SandboxServer]:
    """A shop with customers, read by a worker that gets the signal while it reads."""
    for name in ("Alice", "Bob", "Charlie", "Dora"):
        buy(whmcs.shop, name)
    make_gateway(whmcs)
    stopping.ask_to_end()
    yield whmcs
    stopping.forget()


def test_the_run_ends_early_and_the_gateway_is_free_and_due(asked_to_end: SandboxServer) -> None:
    assert sync_now().outcome == SyncRun.Outcome.LOST
    gateway = WhmcsGateway.objects.get()
    assert (gateway.lease_until, gateway.lease_holder) == (None, "")
    assert WhmcsGateway.objects.filter(due_at(timezone.now())).exists()
    assert gateway.failures_in_a_row == 0
    assert not AttentionItem.objects.exists()


def test_the_next_worker_does_the_rest(asked_to_end: SandboxServer) -> None:
    sync_now()
    stopping.forget()
    assert sync_now().outcome == SyncRun.Outcome.COMPLETE
    assert Company.objects.count() == 4


def test_a_reading_of_one_service_that_somebody_waits_for_is_finished(asked_to_end: SandboxServer) -> None:
    from billing import sync

    gateway = WhmcsGateway.objects.get()
    run = sync.sync_gateway(gateway, trigger=SyncRun.Trigger.CUSTOMER, service_id=2)
    assert run.outcome == SyncRun.Outcome.COMPLETE
    assert Company.objects.count() == 1
