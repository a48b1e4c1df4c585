"""Mails to operators: one when a gateway has been silent for too long, one when it is read again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from billing.models import HeldChanges, WhmcsGateway
from billing.monitoring import alerts
from billing.recovery import pauses
from billing.tick import tick
from companies.models import OutgoingMail, User
from sandbox import SandboxServer, Shop
from tests.billing.conftest import Sync
from tests.companies.factories import make_company, make_person
from ticketz.celery import app

pytestmark = pytest.mark.django_db(transaction=True)
WRONG = "not the identifier"


class Clock:
    """Ticks as beat does, at the times that a test chooses."""

    def __init__(self) -> None:
        self._travel = time_machine.travel(timezone.now(), tick=False)
        self._now = self._travel.start()

    def go_on(self, minutes: int, every: int = 5) -> None:
        for _ in range(0, minutes, every):
            self._now.shift(timedelta(minutes=every))
            tick.delay()
            tick.delay()  # a doubled beat

    def stop(self) -> None:
        self._travel.stop()


@pytest.fixture
def clock() -> Iterator[Clock]:
    app.conf.task_always_eager = True
    ours = Clock()
    yield ours
    ours.stop()
    app.conf.task_always_eager = False


@pytest.fixture(autouse=True)
def _operator(db: None) -> None:
    make_person("op@example.com", is_staff=True, is_superuser=True)


def break_off(gateway: WhmcsGateway) -> None:
    WhmcsGateway.objects.filter(pk=gateway.pk).update(api_identifier=WRONG)


def mend(gateway: WhmcsGateway) -> None:
    """As an operator does: with the form, after which it is tried at once."""
    WhmcsGateway.objects.filter(pk=gateway.pk).update(
        api_identifier=gateway.api_identifier, failures_in_a_row=0, next_sync_at=None
    )


def subjects() -> list[str]:
    return [sent.subject.split(" since ")[0] for sent in mail.outbox]


def test_an_episode_is_one_mail_at_its_beginning_and_one_at_its_end(gateway: WhmcsGateway, clock: Clock) -> None:
    clock.go_on(10)
    break_off(gateway)
    clock.go_on(60)
    assert subjects() == [], "an hour is allowed"
    clock.go_on(10)
    assert subjects() == ["Ticketz: Shop can't be read"]
    clock.go_on(60 * 24, every=30)
    assert len(mail.outbox) == 1
    mend(gateway)
    clock.go_on(10)
    assert subjects() == ["Ticketz: Shop can't be read", "Ticketz: Shop is read again"]
    assert WhmcsGateway.objects.get().silent_since is None


def test_the_mail_says_what_is_wrong_since_when_and_what_to_do_and_no_secret(
    gateway: WhmcsGateway, whmcs: SandboxServer, clock: Clock
) -> None:
    break_off(gateway)
    clock.go_on(80)
    text = mail.outbox[0].body
    assert "WHMCS does not know this API identifier and secret" in text
    assert "for 14 days at most" in text
    assert f"http://localhost:8000/admin/billing/whmcsgateway/{gateway.pk}/change/" in text
    assert str(timezone.localdate().year) in text
    assert whmcs.secret not in text
    assert whmcs.secret not in str(OutgoingMail.objects.values())


def test_everybody_who_runs_this_is_told_in_their_language(gateway: WhmcsGateway, clock: Clock) -> None:
    company = make_company(language="spanish")
    make_person("jefa@example.com", company=company, is_staff=True, is_superuser=True)
    make_person("staff@example.com", is_staff=True)
    make_person("left@example.com", is_staff=True, is_superuser=True, is_active=False)
    break_off(gateway)
    clock.go_on(80)
    assert sorted(sent.to[0] for sent in mail.outbox) == ["jefa@example.com", "op@example.com"]
    reason = {
        sent.user.email: sent.params["reason"] for sent in OutgoingMail.objects.select_related("user") if sent.user
    }
    assert reason["jefa@example.com"] != reason["op@example.com"]


def test_a_flapping_whmcs_is_told_of_at_most_once_an_hour(gateway: WhmcsGateway, clock: Clock) -> None:
    for _ in range(4):
        break_off(gateway)
        clock.go_on(40)
        mend(gateway)
        clock.go_on(5)
    assert subjects() == [], "each hour had its complete reading"
    alarms = []
    for _ in range(3):
        break_off(gateway)
        clock.go_on(70)
        alarms.append(subjects().count("Ticketz: Shop can't be read"))
        mend(gateway)
        clock.go_on(5)
    assert alarms == [1, 2, 3]
    assert len(mail.outbox) == 6


def test_a_gateway_that_is_new_or_switched_on_again_has_its_hour(gateway: WhmcsGateway, clock: Clock) -> None:
    break_off(gateway)
    alerts.watch(timezone.now())
    clock.go_on(55)
    WhmcsGateway.objects.update(is_enabled=False)
    clock.go_on(60 * 24 * 3, every=60)
    assert subjects() == []
    WhmcsGateway.objects.update(is_enabled=True, next_sync_at=None)
    clock.go_on(60)
    assert subjects() == []
    clock.go_on(30)
    assert subjects() == ["Ticketz: Shop can't be read"]


def test_a_gateway_that_is_read_seldom_may_be_silent_for_three_intervals(gateway: WhmcsGateway, clock: Clock) -> None:
    WhmcsGateway.objects.update(interval_seconds=3600)
    break_off(gateway)
    clock.go_on(180)
    assert subjects() == []
    clock.go_on(20)
    assert len(mail.outbox) == 1


def test_a_paused_gateway_is_no_news_and_has_its_hour_after_the_go(gateway: WhmcsGateway, clock: Clock) -> None:
    clock.go_on(5)
    break_off(gateway)
    clock.go_on(30)
    pauses.pause_all(pauses.RESTORED)
    clock.go_on(60 * 5, every=30)
    pauses.resume(gateway)
    clock.go_on(60)
    assert subjects() == []
    clock.go_on(20)
    assert subjects() == ["Ticketz: Shop can't be read"]


def test_two_clocks_that_tick_at_once_say_it_once(gateway: WhmcsGateway, run: Sync, clock: Clock) -> None:
    stale = WhmcsGateway.objects.get()
    for _ in range(2):
        alerts._tell_silence(stale, timezone.now())
    assert OutgoingMail.objects.count() == 1
    run()
    stale = WhmcsGateway.objects.get()
    for _ in range(2):
        alerts._tell_recovery(stale)
    assert OutgoingMail.objects.count() == 2


def test_who_runs_this_no_longer_is_not_told(gateway: WhmcsGateway, clock: Clock) -> None:
    alerts._tell_silence(gateway, timezone.now())
    User.objects.update(is_superuser=False)
    clock.go_on(5)
    assert mail.outbox == []


def test_a_question_is_mailed_with_its_figures(gateway: WhmcsGateway, shop: Shop, clock: Clock) -> None:
    figures = {"losing": "50", "open": "60", "people": 120, "active": 7, "becoming": {"suspended": 50}, "longest": []}
    alerts.queue_approval_waits(HeldChanges.objects.create(gateway=gateway, kind="losses", figures=figures))
    clock.go_on(5)
    assert subjects() == ["Ticketz: Shop waits for your decision"]
    assert "would take access from 50 of 60 companies" in mail.outbox[0].body
    assert "People: 120, of whom 7" in mail.outbox[0].body


@pytest.mark.parametrize(("kind", "figures"), [("first_import", {"new": 80, "seen": 90}), ("other_whmcs", {})])
def test_every_question_can_be_told(gateway: WhmcsGateway, clock: Clock, kind: str, figures: dict[str, int]) -> None:
    alerts.queue_approval_waits(HeldChanges.objects.create(gateway=gateway, kind=kind, figures=figures))
    clock.go_on(5)
    assert subjects() == ["Ticketz: Shop waits for your decision"]
