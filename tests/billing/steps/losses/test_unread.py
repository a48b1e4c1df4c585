"""A gateway that is not read for weeks, and a company with two services, of which the older is paid far ahead."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from billing.models import Subscription, WhmcsGateway
from billing.runs.lease import claim
from billing.steps.losses import unread
from billing.tick import tick
from companies.models import Company, Event
from sandbox import Shop
from tests.billing.conftest import Sync
from tests.billing.shopping import buy_two_of_one_company, standing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def services(shop: Shop, run: Sync) -> tuple[int, int]:
    """The older on Team, and the newer on Business, which speaks for the company and was due forty days ago."""
    older, newer = buy_two_of_one_company(shop, run)
    was_due(40, newer)
    Company.objects.update(due_date=timezone.localdate() - timedelta(days=40))
    WhmcsGateway.objects.update(confirmed_at=timezone.now() - timedelta(days=41))
    assert standing() == ("Business", False)
    return older, newer


def was_due(days: int, service_id: int) -> None:
    rows = Subscription.objects.filter(service_id=service_id)
    rows.update(due_date=timezone.localdate() - timedelta(days=days))


@pytest.mark.parametrize("why", ["switched off", "secret", "address"])
@pytest.mark.usefixtures("services", "at_once")
def test_a_paid_service_opens_a_company_whose_gateway_is_not_read(why: str, settings: Settings) -> None:
    if why == "secret":
        settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    WhmcsGateway.objects.update(is_enabled=why != "switched off")
    if why == "address":
        WhmcsGateway.objects.update(base_url="ftp://nowhere")
    tick.delay()
    assert standing() == ("Team", True)
    told = Event.objects.latest("pk")
    assert told.actor_label == "the clock, while WHMCS is not read"
    tick.delay()
    assert Event.objects.latest("pk") == told


@pytest.mark.usefixtures("services")
def test_a_paid_service_opens_a_company_whose_gateway_was_just_switched_off() -> None:
    """The record of the newer could not be read for weeks before, so that its date has closed the company."""
    now = timezone.now()
    Company.objects.update(unreadable_since=now - timedelta(days=60))
    WhmcsGateway.objects.update(confirmed_at=now - timedelta(minutes=1), is_enabled=False)
    assert standing() == ("Business", False)
    unread.open_paid_companies(now)
    assert standing() == ("Team", True)


def test_it_is_open_for_as_long_as_what_is_known_of_the_older_is_good(services: tuple[int, int]) -> None:
    """Its date has passed as well, but not for as long as it may stay unconfirmed."""
    was_due(18, services[0])
    unread.open_paid_companies(timezone.now())
    assert standing() == ("Business", False)
    was_due(17, services[0])
    unread.open_paid_companies(timezone.now())
    assert standing() == ("Team", True)


@pytest.mark.usefixtures("services")
def test_a_running_reading_is_not_disturbed(gateway: WhmcsGateway) -> None:
    with claim(gateway):
        unread.open_paid_companies(timezone.now())
    assert standing() == ("Business", False)


@pytest.mark.usefixtures("services")
def test_a_gateway_that_is_read_regularly_costs_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    WhmcsGateway.objects.update(confirmed_at=timezone.now() - timedelta(minutes=50))
    with django_assert_num_queries(1):
        unread.open_paid_companies(timezone.now())


def test_the_newer_speaks_again_when_it_was_paid_and_is_read(shop: Shop, run: Sync, services: tuple[int, int]) -> None:
    unread.open_paid_companies(timezone.now())
    shop.renew(services[1], months=2)
    run()
    assert standing() == ("Business", True)
