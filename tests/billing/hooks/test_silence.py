"""Instant updates that stop without a word are noticed by what readings find, and nobody is alarmed by a quiet shop."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing import sync
from billing.doctor.hook import judge_hook
from billing.hooks import refused
from billing.hooks import secrets as hook_secrets
from billing.hooks.silence import has_stopped, silent_since
from billing.models import AttentionItem, GatewayHook, Kind, SyncRun, WhmcsGateway
from billing.wording.attention import explain
from sandbox import Shop
from tests.billing.hooks.conftest import Teller
from tests.companies.factories import make_person, sign_in

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


class TestDecision:
    @pytest.mark.parametrize(
        ("heard", "made", "since"),
        [
            (2.9, 100, None),
            (3, 100, 3),
            (40, 100, 40),
            (40, 1, None),
            (40, 5, 5),
        ],
        ids=["heard lately", "three days", "long", "a secret made lately", "and some days ago"],
    )
    def test_there_is_silence_three_days_after_it_was_heard_or_a_secret_was_made(
        self, heard: float, made: float, since: float | None
    ) -> None:
        heard_at = NOW - timedelta(days=heard)
        expected = None if since is None else NOW - timedelta(days=since)
        assert silent_since(heard_at, NOW - timedelta(days=made), now=NOW) == expected

    def test_what_is_found_on_three_different_days_says_that_it_has_stopped(self) -> None:
        day = date(2026, 5, 18)
        assert not has_stopped([day, day, day, date(2026, 5, 19)])
        assert has_stopped([day, date(2026, 5, 19), date(2026, 5, 30)])


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard(teller: Teller) -> Teller:
    """WHMCS, which has told something just now."""
    assert teller.tell(12) == 202
    return teller


def read(trigger: SyncRun.Trigger = SyncRun.Trigger.SCHEDULE) -> None:
    sync.sync_gateway(WhmcsGateway.objects.get(), trigger=trigger)


def a_day_passes() -> None:
    day = timedelta(days=1)
    SyncRun.objects.update(started_at=F("started_at") - day)
    GatewayHook.objects.update(heard_at=F("heard_at") - day, secret_set_at=F("secret_set_at") - day)
    for item in AttentionItem.objects.filter(kind=Kind.HOOK_SILENT):
        item.params["heard"] = (datetime.fromisoformat(item.params["heard"]) - day).isoformat()
        item.save()


def days_of_purchases(shop: Shop, days: int, trigger: SyncRun.Trigger = SyncRun.Trigger.SCHEDULE) -> None:
    """Each day somebody buys, and a reading finds it."""
    for _ in range(days):
        a_day_passes()
        shop.buy("Alice", "Smith", f"a{timezone.now().timestamp()}@example.com", password="a good first one")
        read(trigger)


def waiting() -> list[AttentionItem]:
    return list(AttentionItem.objects.waiting().filter(kind=Kind.HOOK_SILENT))


def test_purchases_that_nobody_told_of_day_after_day_are_listed_once(heard: Teller, shop: Shop) -> None:
    days_of_purchases(shop, 3)
    assert waiting() == []
    days_of_purchases(shop, 3)
    (item,) = waiting()
    assert "On 5 days since then" in explain(item)
    assert judge_hook(heard.gateway).code == "hook_silent"


def test_renewals_that_nobody_told_of_day_after_day_are_listed(heard: Teller, shop: Shop) -> None:
    service = shop.buy("Bob", "Hill", "b@example.com", password="a good first one")
    read()
    for _ in range(6):
        a_day_passes()
        shop.renew(service.id)
        read()
    assert waiting()


def test_it_is_over_as_soon_as_a_call_is_right_again(heard: Teller, shop: Shop) -> None:
    days_of_purchases(shop, 5)
    heard.tell(12, secret="whsec_" + "A" * 44)
    assert waiting()
    body = json.dumps({"type": "ping", "data": []}).encode()
    heard.post(body, heard.sign(body))
    assert waiting() == []
    assert judge_hook(heard.gateway).code == "hook_heard"


def test_a_call_that_came_while_it_was_being_listed_ends_it_with_the_next_reading(heard: Teller, shop: Shop) -> None:
    days_of_purchases(shop, 5)
    GatewayHook.objects.update(heard_at=timezone.now())
    read()
    assert waiting() == []


def test_whoever_switches_them_off_has_nothing_to_do_any_more(heard: Teller, shop: Shop) -> None:
    days_of_purchases(shop, 5)
    hook_secrets.switch_off(heard.gateway)
    assert waiting() == []
    days_of_purchases(shop, 2)
    assert waiting() == []


def test_whoever_makes_a_new_secret_has_time_to_bring_it_to_whmcs(heard: Teller, shop: Shop) -> None:
    days_of_purchases(shop, 3)
    hook_secrets.make(heard.gateway)
    days_of_purchases(shop, 3)
    assert waiting() == []


def test_a_shop_in_which_nothing_happens_has_nothing_to_tell(heard: Teller, shop: Shop) -> None:
    for _ in range(10):
        a_day_passes()
        read()
    days_of_purchases(shop, 2)
    assert waiting() == []


def test_what_the_hook_does_not_tell_is_held_against_nobody(heard: Teller, shop: Shop) -> None:
    services = [shop.buy("Bob", "Hill", f"b{n}@example.com", password="a good first one") for n in range(6)]
    read()
    for service in services:
        a_day_passes()
        shop.mark_fraud(service.id)
        read()
    assert SyncRun.objects.filter(changed=1).count() > 3
    assert waiting() == []


@pytest.mark.parametrize("trigger", [SyncRun.Trigger.OPERATOR, SyncRun.Trigger.COMMAND])
def test_readings_that_people_start_prove_nothing(heard: Teller, shop: Shop, trigger: SyncRun.Trigger) -> None:
    days_of_purchases(shop, 5, trigger)
    assert waiting() == []


def test_a_hook_that_was_never_heard_is_not_set_up_yet(teller: Teller, shop: Shop) -> None:
    days_of_purchases(shop, 5)
    assert waiting() == []


def test_where_calls_are_refused_that_is_what_is_listed(
    heard: Teller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused, "WRITTEN_EVERY", timedelta(0))
    for _ in range(refused.KEEPS_COMING):
        heard.post(b"{}", {})
    days_of_purchases(shop, 5)
    assert set(AttentionItem.objects.waiting().values_list("kind", flat=True)) == {Kind.HOOK_REFUSED}
    hook_secrets.switch_off(heard.gateway)
    assert not AttentionItem.objects.waiting().exists()


def test_one_that_was_dismissed_stays_so_until_it_was_heard_in_between(heard: Teller, shop: Shop) -> None:
    days_of_purchases(shop, 5)
    AttentionItem.objects.update(dismissed_at=timezone.now())
    days_of_purchases(shop, 1)
    assert AttentionItem.objects.filter(kind=Kind.HOOK_SILENT).count() == 1
    heard.tell(12)
    days_of_purchases(shop, 5)
    assert len(waiting()) == 1


def test_a_reading_that_finds_nothing_asks_nothing_about_it(heard: Teller, shop: Shop) -> None:
    days_of_purchases(shop, 2)
    a_day_passes()
    with CaptureQueriesContext(connection) as queries:
        read()
    assert not [query["sql"] for query in queries if "gatewayhook" in query["sql"]]


def test_the_list_leads_to_the_page_of_instant_updates(heard: Teller, shop: Shop) -> None:
    days_of_purchases(shop, 5)
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    assert isinstance(operator, Client)
    text = operator.get("/admin/billing/attentionitem/").content.decode()
    assert "Instant updates have stopped" in text
    assert f"/admin/billing/whmcsgateway/{heard.gateway.pk}/hook/" in text
