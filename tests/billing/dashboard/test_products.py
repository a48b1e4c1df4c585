"""A product code that fits no company: a slip is a warning, one that was just changed is told as what it is."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Subscription, WhmcsGateway
from sandbox import OTHER_PID, TICKETZ_PID, Service, Shop
from tests.billing.conftest import Sync
from tests.billing.gateway_page import save
from tests.billing.shopping import buy
from tests.billing.status_report import status_said

pytestmark = pytest.mark.django_db(transaction=True)

CHANGED = f"The product code is {TICKETZ_PID} since "
MISFIT = f"No company lives by a service of product {TICKETZ_PID}"


@pytest.fixture
def alice(shop: Shop, gateway: WhmcsGateway, run: Sync) -> Service:
    """A customer of the product of before, by whose code the gateway is read still."""
    service = buy(shop, "Alice")
    run()
    shop.edit_service(service.id, pid=OTHER_PID)
    run()
    WhmcsGateway.objects.update(product_code=OTHER_PID)
    gateway.refresh_from_db()
    assert status_said()[0] == 0
    return service


def test_a_code_that_was_changed_is_no_failure_until_its_first_purchase_and_fits_then(
    shop: Shop, gateway: WhmcsGateway, alice: Service, run: Sync, operator: Client
) -> None:
    save(operator, gateway, product_code=TICKETZ_PID)
    run()
    code, said = status_said()
    assert (code, CHANGED in said, MISFIT in said) == (0, True, False)
    assert CHANGED in operator.get("/admin/").content.decode()
    buy(shop, "Bob")
    run()
    code, said = status_said()
    assert (code, CHANGED in said, MISFIT in said) == (0, False, False)


def test_a_code_that_finds_nothing_any_more_is_a_failure(
    shop: Shop, gateway: WhmcsGateway, alice: Service, run: Sync, operator: Client
) -> None:
    save(operator, gateway, product_code=TICKETZ_PID)
    bob = buy(shop, "Bob")
    run()
    shop.terminate(bob.id)
    run()
    code, said = status_said()
    assert (code, CHANGED in said, MISFIT in said) == (1, False, True)


def test_a_code_whose_services_moved_on_is_a_failure_too(
    shop: Shop, gateway: WhmcsGateway, alice: Service, run: Sync, operator: Client
) -> None:
    save(operator, gateway, product_code=TICKETZ_PID)
    WhmcsGateway.objects.update(product_code_set_at=timezone.now() - timedelta(days=3))
    Subscription.objects.update(first_seen_at=timezone.now() - timedelta(days=9))
    assert status_said()[0] == 0
    bob = buy(shop, "Bob")
    run()
    shop.edit_service(bob.id, pid=OTHER_PID)
    run()
    code, said = status_said()
    assert (code, MISFIT in said) == (1, True)


def test_a_code_that_nobody_changed_is_a_failure(alice: Service) -> None:
    WhmcsGateway.objects.update(product_code=TICKETZ_PID)
    code, said = status_said()
    assert (code, MISFIT in said) == (1, True)


def test_what_a_reading_found_that_was_under_way_is_no_purchase_with_the_new_code(
    shop: Shop, gateway: WhmcsGateway, alice: Service, run: Sync, operator: Client
) -> None:
    save(operator, gateway, product_code=TICKETZ_PID)
    Subscription.objects.update(first_seen_at=timezone.now())
    assert status_said()[0] == 0
