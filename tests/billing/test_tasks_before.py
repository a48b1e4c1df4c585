"""A message that the version before has sent does its work also when this version's worker takes it."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from billing import tasks_before
from billing.models import PaymentCheck, Subscription, SyncRun, WhmcsGateway
from sandbox import Shop
from tests.billing.conftest import Sync
from ticketz.celery import app

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bought(gateway: WhmcsGateway, shop: Shop, run: Sync) -> Iterator[Subscription]:
    shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    run()
    app.conf.task_always_eager = True
    yield Subscription.objects.get()
    app.conf.task_always_eager = False


def test_a_customer_who_pressed_the_old_versions_button_is_answered(bought: Subscription) -> None:
    check = PaymentCheck.objects.create(subscription=bought, asked_at=timezone.now())
    tasks_before.answer_check.delay(check.pk)
    check.refresh_from_db()
    assert check.state == PaymentCheck.State.READ
    assert SyncRun.objects.filter(trigger="customer").count() == 1


def test_a_service_that_an_operator_asked_the_old_version_for_is_read(bought: Subscription) -> None:
    tasks_before.sync_service.delay(bought.gateway_id, bought.service_id, 8)
    assert SyncRun.objects.filter(trigger="operator").count() == 1


def test_what_is_gone_by_then_needs_nothing(db: None) -> None:
    tasks_before.answer_check(1)
    tasks_before.sync_service(1, 1)
    assert not SyncRun.objects.exists()
