"""A company that three services belong to: bought again twice, and then all of them were paid."""

import pytest

from companies.models import Company, Event
from sandbox import Shop
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
