"""A clock that ticks."""

import pytest

from billing import sync
from billing.models import SyncRun, WhmcsGateway
from tests.billing.runs.ticking import Scheduled


@pytest.fixture
def tick(gateway: WhmcsGateway) -> Scheduled:
    """Let the clock start a run, whether or not it is due."""

    def run_now() -> SyncRun:
        return sync.sync_gateway(WhmcsGateway.objects.get(pk=gateway.pk), trigger=SyncRun.Trigger.SCHEDULE)

    return run_now
