"""A customer says "I have paid, check now": one service is read, soon, and not too often."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from billing import tasks
from billing.models import PaymentCheck, SyncRun, WhmcsGateway
from billing.on_demand.payment_checks import EXPIRES_AFTER
from billing.recovery import pauses
from billing.runs.lease import claim
from billing.tick import tick
from companies.models import Company, Membership, Role, User
from companies.self_service.paid_check import MOST_PER_HOUR, SAME_FOR
from sandbox import SandboxServer, Service, Shop
from sandbox.faults import invalid_credentials
from tests.billing.conftest import Sync
from tests.companies.factories import make_person, sign_in
from ticketz.celery import app

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]
BUTTON, WAITING = "I have paid, check now", "asked a moment ago. This page looks again by itself"


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    cache.clear()


@pytest.fixture
def suspended(shop: Shop, run: Sync) -> Service:
    """Alice's service, suspended because she did not pay, and seen so here."""
    service = shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    shop.buy("Bob", "Jones", "bob@example.com", password="a good first one")
    run()
    shop.suspend(service.id)
    run()
    SyncRun.objects.all().delete()
    return service


@pytest.fixture
def owner(suspended: Service) -> Client:
    return sign_in(User.objects.get(email="alice@example.com"))


@pytest.fixture
def no_worker(at_once: None) -> Iterator[None]:
    """Messages are taken, and nobody acts on them until the test ends."""
    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = True


def press(client: Client) -> str:
    return client.post("/company/check/", follow=True).content.decode()


def runs() -> int:
    return SyncRun.objects.filter(trigger="customer").count()


def long_ago(by: timedelta = SAME_FOR) -> None:
    for check in PaymentCheck.objects.all():
        ended_at = check.ended_at and check.ended_at - by
        PaymentCheck.objects.update(asked_at=check.asked_at - by, ended_at=ended_at)


def test_whoever_was_suspended_and_paid_is_in_with_one_press(owner: Client, shop: Shop, suspended: Service) -> None:
    page = owner.get("/")
    assert (page.status_code, BUTTON in page.content.decode()) == (403, True)
    assert f"clientarea.php?action=productdetails&amp;id={suspended.id}" in page.content.decode()
    shop.pay(suspended.id)
    assert "Your payment has arrived" in press(owner)
    assert owner.get("/team/").status_code == 200
    # One service was asked for, not the list.
    assert (runs(), SyncRun.objects.get().seen) == (1, 1)


def test_whoever_has_not_paid_reads_what_billing_says_and_when_it_was_read(owner: Client) -> None:
    page = press(owner)
    assert "does not know of a payment yet: status suspended, due on" in page
    assert BUTTON in page


@pytest.mark.usefixtures("no_worker")
def test_while_billing_is_asked_the_page_looks_again_by_itself_and_not_for_ever(owner: Client) -> None:
    assert WAITING in press(owner)
    page = owner.get("/")
    assert page["Refresh"] == "5"
    assert BUTTON not in page.content.decode()
    long_ago(timedelta(minutes=1))
    page = owner.get("/")
    assert "Refresh" not in page
    assert "has not answered yet" in page.content.decode()


@pytest.mark.usefixtures("no_worker")
def test_a_question_whose_message_was_lost_is_answered_by_the_next_tick(
    owner: Client, gateway: WhmcsGateway, shop: Shop, suspended: Service
) -> None:
    press(owner)
    shop.pay(suspended.id)
    app.conf.task_always_eager = True
    tick()
    assert owner.get("/").status_code == 200


@pytest.mark.usefixtures("no_worker")
def test_where_no_broker_is_the_question_still_stands(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_more: object) -> None:
        raise BrokerError

    monkeypatch.setattr("kombu.messaging.Producer.publish", away)
    assert WAITING in press(owner)
    assert PaymentCheck.objects.get().state == "waiting"


def test_while_another_run_reads_the_question_waits_for_the_next_tick(
    owner: Client, gateway: WhmcsGateway, shop: Shop, suspended: Service
) -> None:
    shop.pay(suspended.id)
    with claim(WhmcsGateway.objects.get()):
        assert WAITING in press(owner)
    tick()
    assert owner.get("/").status_code == 200


def test_pressed_again_it_is_the_same_question(owner: Client) -> None:
    press(owner)
    assert "asked already, a moment ago" in press(owner)
    assert runs() == 1
    long_ago()
    press(owner)
    assert runs() == 2


def test_a_company_may_not_ask_without_end(owner: Client) -> None:
    for _number in range(MOST_PER_HOUR):
        press(owner)
        long_ago()
    assert "asked very often" in press(owner)
    assert runs() == MOST_PER_HOUR


def test_what_customers_ask_at_a_broken_billing_spends_what_may_fail_in_an_hour(
    owner: Client, whmcs: SandboxServer
) -> None:
    whmcs.faults.always(invalid_credentials())
    page = press(owner)
    assert "could not be read at" in page
    assert "not lost" in page
    left = WhmcsGateway.objects.get().trouble_left
    assert left is not None
    assert left < 60
    WhmcsGateway.objects.update(trouble_left=0, trouble_counted_at=timezone.now())
    calls = len(whmcs.requests)
    long_ago()
    assert "could not be read at" in press(owner)
    assert len(whmcs.requests) == calls


@pytest.mark.parametrize("how", ["paused", "disabled"])
def test_where_billing_is_not_read_the_page_says_so_instead_of_offering_to_ask(owner: Client, how: str) -> None:
    if how == "paused":
        pauses.pause_all(pauses.RESTORED)
    else:
        WhmcsGateway.objects.update(is_enabled=False)
    page = owner.get("/").content.decode()
    assert "not being read at the moment" in page
    assert BUTTON not in page
    press(owner)
    assert not PaymentCheck.objects.exists()


@pytest.mark.usefixtures("no_worker")
def test_a_question_that_nobody_answers_is_given_up_and_may_be_asked_again(owner: Client) -> None:
    press(owner)
    long_ago(EXPIRES_AFTER)
    assert "could not be read" in owner.get("/").content.decode()
    tick()
    assert PaymentCheck.objects.get().state == "failed"
    assert WAITING in press(owner)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER])
def test_others_see_who_can_pay_and_no_button_and_ask_in_vain(suspended: Service, role: Role) -> None:
    company = Company.objects.get(name="Alice Smith")
    client = sign_in(make_person("carol@example.com", company=company, role=role))
    page = client.get("/").content.decode()
    assert "these people can see to it" in page
    assert "<li>Alice Smith</li>" in page
    for unwanted in (BUTTON, "clientarea.php", "Bob Jones", "invoices"):
        assert unwanted not in page
    answer = client.post("/company/check/")
    assert answer.status_code == 403
    assert not PaymentCheck.objects.exists()


def test_the_banner_in_the_days_of_grace_has_the_button_for_owners(
    gateway: WhmcsGateway, shop: Shop, run: Sync
) -> None:
    service = shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    run()
    yesterday = timezone.localdate() - timedelta(days=1)
    shop.move_due_date(service.id, yesterday)
    run()
    owner = sign_in(User.objects.get(email="alice@example.com"))
    assert BUTTON in owner.get("/").content.decode()
    assert "status active, due on" in press(owner)
    member = make_person("carol@example.com")
    Membership.objects.create(user=member, company=Company.objects.get(), role=Role.MEMBER)
    page = sign_in(member).get("/").content.decode()
    assert (BUTTON in page, "Alice Smith</li>" in page) == (False, True)


def test_who_is_paid_has_nothing_to_ask(owner: Client, shop: Shop, suspended: Service, run: Sync) -> None:
    shop.pay(suspended.id)
    run()
    assert BUTTON not in owner.get("/").content.decode()
    assert "There is nothing to check" in press(owner)
    assert not PaymentCheck.objects.exists()


def test_a_payment_that_arrived_is_news_for_some_minutes(owner: Client, shop: Shop, suspended: Service) -> None:
    shop.pay(suspended.id)
    press(owner)
    long_ago(timedelta(minutes=16))
    assert "Your payment has arrived" not in owner.get("/").content.decode()


def test_a_message_that_comes_twice_reads_once(owner: Client) -> None:
    press(owner)
    before: datetime | None = PaymentCheck.objects.get().ended_at
    tasks.read_requested_services.delay(WhmcsGateway.objects.get().pk)
    assert (runs(), PaymentCheck.objects.get().ended_at) == (1, before)
