"""Several workers at one long import: they share it, do nothing twice, and the run relies on none of them."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from billing import helping
from billing.errors import LeaseLost
from billing.helping import HelpersLease, help_run
from billing.models import HeldChanges, ImportHelper, RunRecord, Subscription, SyncRun, WhmcsGateway
from billing.steps.newcomers import help_wanted
from billing.steps.run import out_of_turn
from companies.models import Company, User
from sandbox import SandboxServer, Shop
from sandbox.faults import invalid_credentials
from sandbox.faults.listings import LimitCapped
from tests.billing.conftest import Sync
from tests.proofs.points import calling, cut
from tests.proofs.stores import ON_SQLITE

pytestmark = pytest.mark.django_db(transaction=True)
NEW = 30


@pytest.fixture
def shop(whmcs: SandboxServer, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Shop:
    """Thirty purchases on pages of four, and a run that finds that worth help."""
    settings.REDIS_URL = "redis://nobody.example"
    monkeypatch.setattr(out_of_turn, "SECONDS_BETWEEN_LOOKS", 0)
    monkeypatch.setattr(help_wanted, "WORTH_HELP", 5)
    monkeypatch.setattr(helping, "PART", 4)
    monkeypatch.setattr("billing.steps.newcomers.pipeline.MOST_UNDER_WAY", 3)
    monkeypatch.setattr("billing.steps.newcomers.pipeline.AT_A_TIME", 2)
    monkeypatch.setattr("billing.steps.run.batching.CHANGES_AT_A_TIME", 4)
    for number in range(NEW):
        name = f"Client {number}"
        whmcs.shop.buy(
            "Client", str(number), f"{name.replace(' ', '')}@example.com", plan="Team", password="long enough"
        )
    whmcs.faults.always(LimitCapped(4), "GetClientsProducts")
    return whmcs.shop


@pytest.fixture
def gateway(gateway: WhmcsGateway) -> WhmcsGateway:
    """One that was read before, so that nobody is asked whether thirty are too many."""
    WhmcsGateway.objects.update(confirmed_at=timezone.now() - timedelta(days=1))
    gateway.refresh_from_db()
    return gateway


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs that workers were woken for; nobody comes."""
    sent: list[int] = []
    monkeypatch.setattr(help_wanted, "send", sent.append)
    return sent


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What a worker that is woken at once was called for: it works while the run waits."""
    helped: list[int] = []

    def help_at_once(run_id: int) -> None:
        if not connection.in_atomic_block:
            helped.append(run_id)
            help_run(run_id)

    monkeypatch.setattr(help_wanted, "send", help_at_once)
    return helped


def wanting(gateway: WhmcsGateway, **columns: Any) -> SyncRun:
    """A run that wants help with all of its list."""
    WhmcsGateway.objects.update(lease_fence=7, lease_until=timezone.now() + timedelta(minutes=1))
    defaults = {"trigger": "command", "fence": 7, "help_from": NEW, "seen": 0, "expected": NEW}
    run = SyncRun.objects.create(gateway=gateway, **{**defaults, **columns})
    ImportHelper.objects.create(run=run, place=0)
    return run


def test_a_run_that_is_helped_ends_as_if_it_had_done_all_itself(
    shop: Shop, gateway: WhmcsGateway, run: Sync, helped: list[int]
) -> None:
    finished = run()
    assert helped
    assert (finished.outcome, finished.created, finished.unchanged, finished.seen) == ("complete", NEW, 0, NEW)
    assert Company.objects.count() == User.objects.count() == Subscription.objects.count() == NEW
    assert RunRecord.objects.filter(run=finished, result="created").values("service_id").distinct().count() == NEW
    order = list(Company.objects.order_by("pk").values_list("name", flat=True))
    assert order.index(f"Client {NEW - 1}") < order.index("Client 12")
    assert (finished.help_from, run().unchanged) == (None, NEW)


def test_where_nobody_comes_the_run_does_it_all(shop: Shop, gateway: WhmcsGateway, run: Sync, sent: list[int]) -> None:
    finished = run()
    assert set(sent) == {finished.pk}
    assert (finished.outcome, finished.created) == ("complete", NEW)


def test_without_a_broker_nobody_is_called(shop: Shop, run: Sync, sent: list[int], settings: Any) -> None:
    settings.REDIS_URL = ""
    assert run().created == NEW
    assert sent == []


def test_a_first_import_that_grew_beyond_what_was_approved_is_done_by_one_who_counts(
    shop: Shop, gateway: WhmcsGateway, run: Sync, sent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.steps.safeguards.first_import.UNASKED", 2)
    WhmcsGateway.objects.update(confirmed_at=None)
    HeldChanges.objects.create(
        gateway=gateway, kind="first_import", verdict="approved", figures={"new": NEW, "seen": NEW - 3},
        decided_at=timezone.now(), expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    assert run().created == NEW
    assert sent == []


def test_a_helper_takes_the_latest_purchases_and_not_what_the_run_has_read(shop: Shop, gateway: WhmcsGateway) -> None:
    help_run(wanting(gateway, seen=20).pk)
    assert sorted(Subscription.objects.values_list("service_id", flat=True)) == list(range(19, NEW + 1))


@pytest.mark.parametrize("change", [{"help_from": None}, {"outcome": "lost"}, {"fence": 6}])
def test_a_helper_of_a_run_that_is_over_or_was_taken_over_writes_nothing(
    shop: Shop, gateway: WhmcsGateway, change: dict[str, Any]
) -> None:
    run = wanting(gateway)
    lease = HelpersLease(gateway.pk, 7, timezone.now(), run.pk)
    with lease.writing():
        pass
    SyncRun.objects.update(**change)
    WhmcsGateway.objects.update(lease_fence=8 if "fence" in change else 7)
    with pytest.raises(LeaseLost), lease.writing():
        pytest.fail("wrote for a run that is over")
    assert not help_run(run.pk)
    assert not Company.objects.exists()


def test_a_helper_of_a_run_that_is_frozen_writes_nothing_and_does_not_make_it_look_alive(
    shop: Shop, gateway: WhmcsGateway
) -> None:
    run = wanting(gateway)
    over = timezone.now() - timedelta(seconds=1)
    WhmcsGateway.objects.update(lease_until=over)
    assert not help_run(run.pk)
    assert not Company.objects.exists()
    assert WhmcsGateway.objects.get().lease_until == over


def test_no_more_may_help_than_there_are_places(shop: Shop, gateway: WhmcsGateway) -> None:
    run = wanting(gateway)
    ImportHelper.objects.update(until=timezone.now() + timedelta(minutes=1))
    assert not help_run(run.pk)
    ImportHelper.objects.update(until=timezone.now() - timedelta(seconds=1))
    help_run(run.pk)
    assert Company.objects.count() == NEW


def test_the_calls_that_failed_count_for_all_and_the_place_is_left_for_a_while(
    whmcs: SandboxServer, shop: Shop, gateway: WhmcsGateway
) -> None:
    run = wanting(gateway)
    whmcs.faults.always(invalid_credentials())
    assert not help_run(run.pk)
    place = ImportHelper.objects.get()
    assert place.spent == 1
    assert place.until
    assert place.until > timezone.now()


def test_a_helper_whose_time_is_over_leaves_its_place_at_once_and_is_called_again(
    shop: Shop, gateway: WhmcsGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([0.0, 0.0, helping.SECONDS])
    monkeypatch.setattr(helping, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    assert help_run(wanting(gateway).pk)
    place = ImportHelper.objects.get()
    # Answers that were good give the run nothing to spend that it had not.
    assert (place.until, place.spent, Company.objects.count()) == (None, 0, helping.PART)


def test_a_tick_calls_again_where_a_message_was_lost(gateway: WhmcsGateway) -> None:
    run = wanting(gateway)
    assert help_wanted.load_wanted(timezone.now()) == [run.pk]
    ImportHelper.objects.update(until=timezone.now() + timedelta(minutes=1))
    assert help_wanted.load_wanted(timezone.now()) == []


@pytest.mark.skipif(ON_SQLITE, reason="a connection to a file is never cut")
def test_a_helper_whose_connection_is_cut_leaves_its_place_to_others(gateway: WhmcsGateway, shop: Shop) -> None:
    run = wanting(gateway)
    with calling(cut, at=2), pytest.raises(OperationalError):
        help_run(run.pk)
    assert ImportHelper.objects.get().until is None
