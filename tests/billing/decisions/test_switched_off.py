"""A no that switches the gateway off is the last word, whatever is answered, asked for or under way at that moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing import tasks
from billing.models import HeldChanges, Kind, SyncRun, WhmcsGateway
from billing.steps.pages.absence import settle_absent
from billing.steps.run.context import Context
from sandbox import SandboxServer, Shop
from sandbox.faults import Hidden
from tests.billing.conftest import Sync
from tests.billing.shopping import buy, open_kinds

pytestmark = pytest.mark.django_db(transaction=True)
LOSSES, ABSENT = HeldChanges.Kind.LOSSES, HeldChanges.Kind.ABSENT
Sent = list[tuple[int, str]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """The messages that wait for a worker."""
    waiting: Sent = []
    monkeypatch.setattr(tasks.sync_gateway, "apply_async", lambda arguments, **_: waiting.append(arguments))
    return waiting


@pytest.fixture
def questions(shop: Shop, whmcs: SandboxServer, run: Sync) -> dict[str, HeldChanges]:
    """Two that wait: all companies would lose access, and then all services are missing."""
    ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie")]
    run()
    for service_id in ids:
        shop.suspend(service_id)
    run()
    whmcs.faults.always(Hidden())
    run()
    held = {one.kind: one for one in HeldChanges.objects.waiting()}
    assert set(held) == {LOSSES, ABSENT}
    return held


def say_no(browser: Client, held: HeldChanges) -> None:
    typed = {"version": held.version, "until": timezone.localdate(), "reason": "A mistake"}
    assert browser.post(reverse("admin:billing_heldchanges_reject", args=[held.pk]), typed).status_code == 302


def ensure_nothing_is_asked(sent: Sent, runs: int) -> None:
    """Not even after a worker has done what it was sent."""
    for arguments in sent:
        tasks.sync_gateway(*arguments)
    assert not HeldChanges.objects.waiting().exists()
    assert (SyncRun.objects.count(), WhmcsGateway.objects.get().is_enabled) == (runs, False)


@pytest.mark.parametrize("order", [(LOSSES, ABSENT), (ABSENT, LOSSES)])
def test_two_answers_one_after_the_other_read_a_switched_off_gateway_no_more(
    questions: dict[str, HeldChanges], operator: Client, sent: Sent, order: tuple[str, str]
) -> None:
    runs = SyncRun.objects.count()
    for kind in order:
        say_no(operator, questions[kind])
    ensure_nothing_is_asked(sent, runs)


def test_two_answers_at_once_read_a_switched_off_gateway_no_more(
    questions: dict[str, HeldChanges], operator: Client, sent: Sent
) -> None:
    runs = SyncRun.objects.count()

    def answer(held: HeldChanges) -> None:
        say_no(operator, held)
        connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(answer, questions.values()))
    ensure_nothing_is_asked(sent, runs)


def test_a_run_that_was_under_way_when_the_gateway_was_switched_off_does_not_ask_again(
    questions: dict[str, HeldChanges], operator: Client, run: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    def settle_after_a_no(context: Context) -> None:
        say_no(operator, questions[ABSENT])
        settle_absent(context)

    monkeypatch.setattr("billing.sync.settle_absent", settle_after_a_no)
    assert run().outcome == SyncRun.Outcome.HELD
    assert not HeldChanges.objects.waiting().filter(kind=ABSENT).exists()
    assert Kind.MANY_ABSENT not in open_kinds()


def test_a_gateway_that_is_switched_off_is_read_when_somebody_asks_for_it(
    questions: dict[str, HeldChanges], operator: Client, sent: Sent, gateway: WhmcsGateway
) -> None:
    say_no(operator, questions[ABSENT])
    runs = SyncRun.objects.count()
    operator.post(reverse("admin:billing_whmcsgateway_sync", args=[gateway.pk]))
    for arguments in sent:
        tasks.sync_gateway(*arguments)
    assert SyncRun.objects.count() == runs + 1
