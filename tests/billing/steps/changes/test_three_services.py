"""A company that three services belong to: bought again twice, and then all of them were paid."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from billing.models import Subscription
from billing.steps.run import batching
from companies.models import Company, Event
from sandbox import SandboxServer, Shop
from sandbox.faults import LimitCapped
from tests.billing.conftest import Sync
from tests.billing.shopping import buy, counts, far_ahead, overdue, standing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def services(shop: Shop, run: Sync) -> list[int]:
    bought = [buy(shop, plan="Starter")]
    run()
    for plan in ("Team", "Business"):
        shop.terminate(bought[-1].id)
        run()
        bought.append(buy(shop, client_id=bought[0].client_id, plan=plan))
        run()
    for service in bought:
        shop.activate(service.id)
    for _ in range(2):
        run()
    assert (Company.objects.count(), standing()) == (1, ("Business", True))
    return [service.id for service in bought]


@pytest.mark.parametrize("speaks", [0, 1])
def test_two_services_that_are_suspended_at_once_change_their_company_once(
    shop: Shop, run: Sync, services: list[int], speaks: int
) -> None:
    """The third, about which WHMCS says nothing new, speaks for it from now on."""
    for service in services:
        if service != services[speaks]:
            shop.suspend(service)
    told = Event.objects.count()
    assert counts(run()) == {"seen": 3, "changed": 1, "unchanged": 2}
    assert (standing(), Event.objects.count()) == ((("Starter", "Team")[speaks], True), told + 1)
    run()
    assert counts(run()) == {"seen": 3, "unchanged": 3}


def test_two_services_that_are_suspended_at_once_close_their_company_once(
    shop: Shop, run: Sync, services: list[int]
) -> None:
    """The date of the third has passed, so it keeps nobody in."""
    shop.move_due_date(services[2], far_ahead())
    run()
    overdue(shop, services[0])
    run()
    for service in services[1:]:
        shop.suspend(service)
    told = Event.objects.count()
    run()
    assert (standing()[1], Event.objects.count()) == (False, told + 1)
    run()
    assert counts(run()) == {"seen": 3, "unchanged": 3}


@pytest.mark.parametrize(("first", "second"), list(permutations(range(3), 2)))
@pytest.mark.parametrize("is_known", [False, True])
def test_two_services_that_are_lost_on_pages_of_their_own_close_their_company_once(
    shop: Shop, whmcs: SandboxServer, run: Sync, services: list[int], monkeypatch: pytest.MonkeyPatch,
    first: int, second: int, is_known: bool,
) -> None:  # fmt: skip
    """Losses are written at the end only, so each page finds one, and each second reading reads all three services.

    One of the two may be known as it is, and be looked at again because it was not settled.
    """
    monkeypatch.setattr(batching, "SECONDS_AT_MOST", 0.0)
    whmcs.faults.always(LimitCapped(1))
    late = [timezone.localdate() - timedelta(days=days) for days in (12, 11, 10)]
    for service, day in zip(services, late, strict=True):
        overdue(shop, service)
        shop.move_due_date(service, day)
        Subscription.objects.filter(service_id=service).update(due_date=day)
    Company.objects.update(due_date=late[2])
    shop.move_due_date(services[first], timezone.localdate() - timedelta(days=60))
    if is_known:
        Subscription.objects.filter(service_id=services[second]).update(is_settled=False)
    else:
        shop.move_due_date(services[second], timezone.localdate() - timedelta(days=60))
    told = Event.objects.count()
    counted = counts(run())
    assert counted.pop("seen") == sum(counted.values()) == 3
    events = [(event.code, str(event.after)) for event in Event.objects.order_by("pk")[told:]]
    assert (standing()[1], len(events)) == (False, len(set(events))), events
    run()
    assert counts(run()) == {"seen": 3, "unchanged": 3}


@pytest.mark.parametrize("odd", [0, 1, 2])
def test_a_service_that_the_second_reading_of_two_losses_finds_changed_is_counted_once(
    whmcs: SandboxServer, shop: Shop, run: Sync, services: list[int], monkeypatch: pytest.MonkeyPatch, odd: int
) -> None:
    monkeypatch.setattr(batching, "SECONDS_AT_MOST", 0.0)
    whmcs.faults.always(LimitCapped(1))
    for service in services:
        overdue(shop, service)
    Subscription.objects.update(is_settled=False)
    shop.change_plan(services[odd], "Nobody sells this")
    shop.move_due_date(services[odd], timezone.localdate() - timedelta(days=60))
    counted = counts(run())
    assert counted.pop("seen") == sum(counted.values()) == 3
