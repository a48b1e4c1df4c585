"""Services that somebody waits for are read out of turn, also while a run of everything goes on."""

import pytest
from django.db.utils import OperationalError
from django.utils import timezone

from billing import sync
from billing.models import HeldChanges, ReadRequest, Subscription, SyncRun, WhmcsGateway
from billing.on_demand import read_requests
from billing.steps.run import out_of_turn
from companies.models import Company
from plans.models import Plan
from sandbox import SandboxServer, Service, Shop
from sandbox.faults import invalid_credentials
from sandbox.faults.listings import LimitCapped
from tests.billing.conftest import Sync
from tests.proofs.points import calling, fail

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a good first one"


def buy(shop: Shop, number: int) -> Service:
    return shop.buy("Client", str(number), f"client{number}@example.com", plan="Team", password=PASSWORD)


def request(gateway: WhmcsGateway, service: Service) -> None:
    read_requests.enqueue(gateway.pk, service.id, trigger="customer", at=timezone.now())


@pytest.fixture
def _looks_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out_of_turn, "SECONDS_BETWEEN_LOOKS", 0)


@pytest.fixture
def first(gateway: WhmcsGateway, whmcs: SandboxServer, run: Sync) -> Service:
    """The first of five known services; pages hold two from now on, so that the sixth call of a run is its third."""
    services = [buy(whmcs.shop, number) for number in range(5)]
    run()
    SyncRun.objects.all().delete()
    whmcs.faults.always(LimitCapped(2), "GetClientsProducts")
    return services[0]


def plan_of(service: Service) -> str:
    return Company.objects.get(subscriptions__service_id=service.id).plan.name


@pytest.mark.usefixtures("_looks_always")
def test_a_run_of_everything_gives_way_to_who_waits(
    gateway: WhmcsGateway, shop: Shop, first: Service, run: Sync
) -> None:
    new = [buy(shop, number) for number in range(10, 13)]

    def the_last_one_waits() -> None:
        assert not Company.objects.filter(subscriptions__service_id=new[-1].id).exists()
        request(gateway, new[-1])

    with calling(the_last_one_waits, at=3):
        whole = run()
    beside = SyncRun.objects.get(trigger="customer")
    assert (beside.outcome, beside.created, beside.seen) == ("complete", 1, 1)
    assert (whole.outcome, whole.created, whole.unchanged, whole.seen) == ("complete", 2, 6, 8)
    assert beside.finished_at
    assert whole.finished_at
    assert whole.started_at < beside.started_at < beside.finished_at < whole.finished_at
    assert not ReadRequest.objects.exists()


@pytest.mark.usefixtures("_looks_always")
def test_what_the_list_said_before_is_not_acted_upon_after_the_newer_reading(
    gateway: WhmcsGateway, shop: Shop, first: Service, run: Sync
) -> None:
    shop.change_plan(first.id, "Business")

    def it_becomes_another_one() -> None:
        shop.change_plan(first.id, "Starter")
        request(gateway, first)

    with calling(it_becomes_another_one, at=3):
        run()
    assert plan_of(first) == "Starter"


def test_who_asks_too_late_for_a_run_is_served_right_after_it(
    gateway: WhmcsGateway, shop: Shop, first: Service, run: Sync
) -> None:
    def it_is_upgraded() -> None:
        shop.change_plan(first.id, "Business")
        request(gateway, first)

    with calling(it_is_upgraded, at=3):
        run()
    assert plan_of(first) == "Business"
    assert SyncRun.objects.filter(trigger="customer").count() == 1


def test_what_is_asked_for_again_while_it_is_read_is_read_once_more(
    gateway: WhmcsGateway, shop: Shop, first: Service
) -> None:
    request(gateway, first)

    def it_is_upgraded() -> None:
        shop.change_plan(first.id, "Business")
        request(gateway, first)

    with calling(it_is_upgraded, at=2):
        sync.read_requested_services(gateway)
    assert plan_of(first) == "Business"
    assert SyncRun.objects.filter(trigger="customer").count() == 2


def test_asked_for_a_hundred_times_it_is_read_once(gateway: WhmcsGateway, first: Service) -> None:
    for _ in range(100):
        request(gateway, first)
    sync.read_requested_services(gateway)
    assert SyncRun.objects.count() == 1


def test_a_reading_that_fails_is_tried_again_but_not_for_ever(
    gateway: WhmcsGateway, whmcs: SandboxServer, first: Service
) -> None:
    whmcs.faults.always(invalid_credentials())
    request(gateway, first)
    sync.read_requested_services(gateway)
    sync.read_requested_services(gateway)
    assert SyncRun.objects.count() == 1
    for _ in range(read_requests.MOST_TRIES):
        ReadRequest.objects.update(due_at=timezone.now())
        sync.read_requested_services(gateway)
    assert SyncRun.objects.count() == read_requests.MOST_TRIES
    assert not ReadRequest.objects.exists()


@pytest.mark.usefixtures("_looks_always")
def test_one_that_can_not_be_read_stops_neither_the_run_nor_the_others(
    gateway: WhmcsGateway, whmcs: SandboxServer, first: Service, run: Sync
) -> None:
    new = buy(whmcs.shop, 10)

    def two_wait() -> None:
        read_requests.enqueue(gateway.pk, 10**12, trigger="customer", at=timezone.now())
        request(gateway, first)

    with calling(two_wait, at=3):
        run()
    assert Company.objects.filter(subscriptions__service_id=new.id).exists()
    assert not ReadRequest.objects.filter(service_id=first.id).exists()


def test_one_that_breaks_the_reading_is_put_behind_the_others_and_given_up_in_the_end(
    gateway: WhmcsGateway, shop: Shop, first: Service
) -> None:
    request(gateway, first)
    new = buy(shop, 10)
    request(gateway, new)
    with calling(fail, at=1), pytest.raises(OperationalError):
        sync.read_requested_services(gateway)
    sync.read_requested_services(gateway)
    assert Company.objects.filter(subscriptions__service_id=new.id).exists()
    assert ReadRequest.objects.get().service_id == first.id
    for _ in range(read_requests.MOST_TRIES - 1):
        ReadRequest.objects.update(due_at=timezone.now())
        with calling(fail, at=1), pytest.raises(OperationalError):
            sync.read_requested_services(gateway)
    assert not ReadRequest.objects.exists()


def test_who_waits_need_not_wait_for_the_yes_to_a_first_import_which_is_asked_for_all_the_same(
    gateway: WhmcsGateway, shop: Shop, plans: dict[str, Plan], run: Sync
) -> None:
    services = [buy(shop, number) for number in range(52)]
    request(gateway, services[7])
    sync.read_requested_services(gateway)
    assert Subscription.objects.get().service_id == services[7].id
    assert run().outcome == "held"
    assert HeldChanges.objects.get().kind == "first_import"
    assert Company.objects.count() == 1
