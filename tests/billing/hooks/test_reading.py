"""What becomes of what WHMCS tells: one service is read, and WHMCS's answer is all that counts."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from billing import sync, tasks
from billing.hooks import receive
from billing.hooks import secrets as hook_secrets
from billing.models import HeardMessage, ReadRequest, Subscription, SyncRun, WhmcsGateway
from billing.on_demand import read_requests
from billing.runs.lease import claim
from billing.runs.retention import forget_old_runs
from billing.tick import tick
from companies.mail.outbox import send_due_mails
from companies.models import Company, User
from sandbox import SandboxServer, Service, Shop
from tests.billing.conftest import Sync
from tests.billing.factories import gateway_for
from tests.billing.hooks.conftest import Teller, changed

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a good first one"


def buy(shop: Shop, email: str = "alice@example.com", **more: object) -> Service:
    return shop.buy("Alice", "Smith", email, password=PASSWORD, **more)  # type: ignore[arg-type]


def looks() -> int:
    return SyncRun.objects.filter(trigger="hook").count()


def later(by: timedelta) -> None:
    for read_request in ReadRequest.objects.all():
        ReadRequest.objects.filter(pk=read_request.pk).update(due_at=read_request.due_at - by)
    tick()


def test_a_purchase_is_open_as_soon_as_whmcs_has_told_of_it(teller: Teller, shop: Shop) -> None:
    service = buy(shop)
    assert teller.tell(service.id) == 202
    company = Company.objects.get()
    assert (company.name, company.plan.name if company.plan else "") == ("Alice Smith", "Starter")
    assert User.objects.get(email="alice@example.com").check_password(PASSWORD)
    # Exactly this service was asked for, and it need not be looked at again.
    assert (looks(), SyncRun.objects.get(trigger="hook").seen, ReadRequest.objects.count()) == (1, 1, 0)


def test_a_payment_opens_a_suspended_company(teller: Teller, shop: Shop, run: Sync) -> None:
    service = buy(shop)
    run()
    shop.suspend(service.id)
    run()
    shop.pay(service.id)
    teller.tell(service.id)
    assert Company.objects.get().status == "active"


def test_where_whmcs_tells_before_it_has_written_it_is_looked_at_again(teller: Teller, shop: Shop) -> None:
    service = buy(shop, paid=False)
    teller.tell(service.id)
    assert Company.objects.count() == 0
    (pause, *_) = read_requests.LOOKS_AGAIN_AFTER
    tasks.read_requested_services(teller.gateway.pk)
    assert looks() == 1
    shop.pay(service.id)
    later(pause)
    assert Company.objects.count() == 1
    assert ReadRequest.objects.count() == 0


def test_where_nothing_ever_changes_nobody_looks_for_ever(teller: Teller, shop: Shop, run: Sync) -> None:
    service = buy(shop)
    run()
    teller.tell(service.id)
    for pause in (*read_requests.LOOKS_AGAIN_AFTER, timedelta(days=1)):
        later(pause)
    assert looks() == 1 + len(read_requests.LOOKS_AGAIN_AFTER)
    assert ReadRequest.objects.count() == 0


def test_a_look_that_is_near_does_not_wait_for_the_clock(
    teller: Teller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[timedelta] = []

    def note(gateway_id: int, *, after: timedelta) -> bool:
        sent.append(after)
        return True

    service = buy(shop, paid=False)
    read_requests.enqueue(teller.gateway.pk, service.id, trigger="hook", at=timezone.now())
    monkeypatch.setattr(tasks, "wake_reader", note)
    tasks.read_requested_services(teller.gateway.pk)
    assert timedelta(0) < sent[0] <= read_requests.LOOKS_AGAIN_AFTER[0]
    # The next one is half a minute away, and a tick comes before.
    ReadRequest.objects.update(due_at=timezone.now())
    tasks.read_requested_services(teller.gateway.pk)
    assert len(sent) == 1


@pytest.mark.parametrize("pid", [9, 31])
def test_a_service_of_another_product_is_none_of_ours(teller: Teller, shop: Shop, pid: int) -> None:
    service = buy(shop, pid=pid)
    teller.tell(service.id)
    assert looks() == 1
    assert (Company.objects.count(), Subscription.objects.count()) == (0, 0)


def test_one_of_ours_that_went_to_another_product_is_still_followed(teller: Teller, shop: Shop, run: Sync) -> None:
    service = buy(shop)
    run()
    shop.edit_service(service.id, pid=9)
    shop.suspend(service.id)
    teller.tell(service.id)
    assert Subscription.objects.get().product_id == 9
    assert Company.objects.get().status == "suspended"


@pytest.mark.parametrize("what", ["pending", "cancelled", "unknown number"])
def test_what_is_not_paid_or_not_there_opens_nothing(teller: Teller, shop: Shop, what: str) -> None:
    service = buy(shop, paid=False)
    if what == "cancelled":
        shop.cancel(service.id)
    assert teller.tell(10**12 if what == "unknown number" else service.id) == 202
    assert Company.objects.count() == 0


def test_before_the_first_complete_reading_nobody_is_believed(gateway: WhmcsGateway, shop: Shop, run: Sync) -> None:
    """A wrong product code makes strangers by the hundred; that is asked about once, for all of them."""
    teller = Teller(gateway, hook_secrets.make(gateway))
    for number in range(52):
        buy(shop, f"client{number}@example.com")
    assert teller.tell(1) == 202
    tick()
    assert Company.objects.count() == 0
    assert SyncRun.objects.get(trigger="schedule").outcome == "held"
    assert looks() == 0


def test_a_reading_of_everything_answers_what_was_told_before_it(
    teller: Teller, shop: Shop, run: Sync, no_worker: None
) -> None:
    teller.tell(buy(shop).id)
    assert ReadRequest.objects.count() == 1
    tasks.sync_gateway(teller.gateway.pk, "schedule")
    assert (Company.objects.count(), ReadRequest.objects.count(), looks()) == (1, 0, 0)


def test_while_another_run_is_at_the_gateway_what_was_told_is_kept(teller: Teller, shop: Shop) -> None:
    service = buy(shop)
    with claim(WhmcsGateway.objects.get()):
        assert teller.tell(service.id) == 202
        assert Company.objects.count() == 0
    tick()
    assert Company.objects.count() == 1


@pytest.mark.parametrize(("at_it", "is_due"), [(["hook"], True), (["hook", "schedule"], False)])
def test_single_services_never_take_the_place_of_a_reading_of_everything(
    teller: Teller, at_it: list[str], is_due: bool
) -> None:
    """It is due again at once, unless such a reading is what they are read beside."""
    with claim(teller.gateway):
        for trigger in at_it:
            SyncRun.objects.create(gateway=teller.gateway, trigger=trigger)
        tasks.sync_gateway(teller.gateway.pk, "schedule")
    next_at = WhmcsGateway.objects.get().next_sync_at
    assert next_at is not None
    assert (next_at <= timezone.now()) is is_due


def test_where_no_worker_can_be_woken_a_tick_reads_what_was_told(teller: Teller, shop: Shop, no_worker: None) -> None:
    service = buy(shop)
    assert teller.tell(service.id) == 202
    tasks.read_requested_services(teller.gateway.pk)
    assert Company.objects.count() == 1


def test_a_deleted_service_is_not_taken_from_anybody_by_a_call(teller: Teller, shop: Shop, run: Sync) -> None:
    """Absence is a question for a reading of everything."""
    service = buy(shop)
    run()
    shop.delete_service(service.id)
    teller.tell(service.id)
    assert Company.objects.get().status == "active"


def test_the_number_of_another_gateway_s_service_means_nothing(
    teller: Teller, shop: Shop, whmcs: SandboxServer
) -> None:
    with SandboxServer(shop=Shop()) as second:
        other = gateway_for(second, "Other")
        sync.sync_gateway(other, trigger=SyncRun.Trigger.COMMAND)
        theirs = [buy(second.shop, f"them{number}@example.com") for number in range(3)][-1]
        teller.tell(theirs.id)
        assert Company.objects.count() == 0
        assert Teller(other, hook_secrets.make(other)).tell(theirs.id) == 202
        assert Company.objects.get().source_id == other.pk


def test_looks_that_found_nothing_are_kept_for_a_day(teller: Teller, shop: Shop, run: Sync) -> None:
    service = buy(shop)
    run()
    teller.tell(service.id)
    shop.suspend(service.id)
    later(timedelta(seconds=3))
    assert looks() == 2
    SyncRun.objects.update(started_at=timezone.now() - timedelta(days=2))
    forget_old_runs(timezone.now())
    assert [run.changed for run in SyncRun.objects.filter(trigger="hook")] == [1]


Do = Callable[[Shop, int], object]
DEEDS: list[Do] = [
    lambda shop, number: shop.pay(number),
    lambda shop, number: shop.suspend(number),
    lambda shop, number: shop.unsuspend(number),
    lambda shop, number: shop.change_plan(number, "Team"),
    lambda shop, number: shop.change_plan(number, "Starter"),
    lambda shop, number: shop.renew(number),
]


def test_a_thousand_calls_forged_replayed_and_out_of_order_end_in_the_truth(
    teller: Teller, shop: Shop, run: Sync, no_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever comes in which order, in the end things are here as WHMCS says, once, and nobody was told twice."""
    monkeypatch.setattr(receive, "MOST_MESSAGES", 10_000)
    monkeypatch.setattr(receive, "MOST_SERVICES", 10_000)
    dice = random.Random(7)  # noqa: S311 - a test that can be repeated
    services = [buy(shop, f"client{number}@example.com", paid=number % 3 > 0) for number in range(12)]
    stranger = buy(shop, "stranger@example.com", pid=9)
    numbers = [*(service.id for service in services), stranger.id, 10**9]
    heard: list[tuple[bytes, dict[str, str]]] = []
    answers: dict[int, int] = {}
    for step in range(1000):
        body = changed(dice.choice(numbers))
        headers = teller.sign(body, at=timezone.now() - timedelta(seconds=dice.randint(-250, 250)))
        kind = dice.choice(["right", "replayed", "forged", "too old", "torn"])
        if kind == "replayed" and heard:
            body, headers = dice.choice(heard)
        elif kind == "forged":
            headers["webhook-signature"] = teller.sign(body, secret="whsec_" + "B" * 44)["webhook-signature"]
        elif kind == "too old":
            headers = teller.sign(body, at=timezone.now() - timedelta(minutes=dice.randint(6, 600)))
        elif kind == "torn":
            body = body[: dice.randint(1, len(body) - 1)]
        else:
            heard.append((body, headers))
        status = teller.post(body, headers).status_code
        answers[status] = answers.get(status, 0) + 1
        if dice.random() < 0.1:
            dice.choice(DEEDS)(shop, dice.choice(services).id)
        if step % 50 == 49:
            tasks.read_requested_services(teller.gateway.pk)
    assert answers.keys() == {202, 401}
    assert answers[202] > 300 < answers[401]
    assert HeardMessage.objects.count() == len(heard)
    for service in services:
        teller.tell(service.id)
    tasks.read_requested_services(teller.gateway.pk)
    send_due_mails()
    _ensure_all_is_as_whmcs_says(shop, services)
    assert not Subscription.objects.filter(service_id=stranger.id).exists()
    welcomes = [letter.to for letter in mail.outbox]
    assert len(welcomes) == len({tuple(to) for to in welcomes})
    # A complete reading finds nothing left to do.
    whole = run()
    assert (whole.created, whole.changed) == (0, 0)


def _ensure_all_is_as_whmcs_says(shop: Shop, services: list[Service]) -> None:
    for service in services:
        now = shop.services[service.id]
        row = Subscription.objects.select_related("company__plan").filter(service_id=service.id).first()
        if now.status == "Pending":
            assert row is None or row.company is None
            continue
        assert row is not None
        company = row.company
        if company is None:  # suspended before it was ever seen paid: nothing to open yet
            assert now.status == "Suspended"
            continue
        assert (company.status, company.due_date) == (now.status.lower(), now.next_due_date)
        assert company.plan.name == now.plan
    assert Company.objects.count() == Subscription.objects.filter(company__isnull=False).count()
