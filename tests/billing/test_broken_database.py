"""The database goes away while a run reads: a restart, a fail-over, a connection that is cut."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from billing.errors import ErrorCode
from billing.models import ReadRequest, StoredPreview, SyncRun, WhmcsGateway
from billing.on_demand import read_requests
from billing.previews import stored
from billing.steps.run import out_of_turn
from companies.models import Company
from sandbox import SandboxServer
from tests.billing.conftest import Sync
from tests.proofs.points import Act, calling, cut, fail
from tests.proofs.stores import ON_SQLITE

pytestmark = pytest.mark.django_db(transaction=True)
DATABASE = ErrorCode.DATABASE.value


@pytest.fixture(autouse=True)
def _a_customer(whmcs: SandboxServer, gateway: WhmcsGateway) -> None:
    buy(whmcs, "Alice")


def buy(whmcs: SandboxServer, name: str) -> None:
    whmcs.shop.buy(name, "Smith", f"{name.lower()}@example.com", plan="Team", password="a good first one")


BREAKS = [
    fail,
    pytest.param(cut, marks=pytest.mark.skipif(ON_SQLITE, reason="a connection to a file is never cut")),
]
broken = pytest.mark.parametrize("break_it", BREAKS, ids=["fails", "is cut"])


@broken
def test_a_run_that_the_database_ends_says_so_and_the_next_one_begins_at_once(run: Sync, break_it: Act) -> None:
    with calling(break_it, at=2), pytest.raises(OperationalError):
        run()
    ended = SyncRun.objects.get()
    assert (ended.outcome, ended.error_code) == ("failed", DATABASE)
    assert "OperationalError" in ended.error
    assert run().outcome == "complete"
    assert Company.objects.get().name == "Alice Smith"


@pytest.mark.skipif(ON_SQLITE, reason="a connection to a file is never cut")
def test_a_run_that_is_cut_before_it_has_begun_gives_the_gateway_back_as_well(run: Sync) -> None:
    def cut_first(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "billing_syncrun"'):
            cut()
        return execute(sql, *rest)

    with connection.execute_wrapper(cut_first), pytest.raises(OperationalError):
        run()
    assert run().outcome == "complete"


@broken
def test_one_service_that_the_database_keeps_from_being_read_says_so_and_the_run_of_everything_goes_on(
    gateway: WhmcsGateway, whmcs: SandboxServer, run: Sync, break_it: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    [known] = whmcs.shop.services
    buy(whmcs, "Bob")
    monkeypatch.setattr(out_of_turn, "SECONDS_BETWEEN_LOOKS", 0)
    read_requests.enqueue(gateway.pk, known, trigger="customer", at=timezone.now())
    # The second answer is about the one service.
    with calling(break_it, at=4):
        assert run().outcome == "complete"
    beside = SyncRun.objects.get(trigger="customer")
    assert (beside.outcome, beside.error_code) == ("failed", DATABASE)
    assert Company.objects.count() == 2
    assert ReadRequest.objects.get().tries == 1


@broken
def test_a_preview_that_the_database_ends_says_so(gateway: WhmcsGateway, break_it: Act) -> None:
    preview = stored.ask(gateway, asked_by="operator@example.com")
    with calling(break_it, at=2), pytest.raises(OperationalError):
        stored.make(preview)
    preview.refresh_from_db()
    assert (preview.state, preview.error_code) == (StoredPreview.State.FAILED, DATABASE)


def test_what_nobody_foresaw_is_a_matter_of_the_log(run: Sync) -> None:
    def stumble() -> None:
        raise AssertionError("made up by a test")

    with calling(stumble, at=2), pytest.raises(AssertionError):
        run()
    assert SyncRun.objects.get().error_code == "unexpected"
