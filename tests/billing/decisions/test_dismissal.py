"""What somebody dismissed stays away while its cause is the same, and comes back when it is another one."""

import pytest
from django.utils import timezone

from billing.decisions.dismissal import dismiss
from billing.models import AttentionItem, Kind, WhmcsGateway
from billing.steps.run import attention
from billing.steps.run.attention import is_same_cause
from companies.events import Actor
from sandbox import SandboxServer, Shop
from tests.billing.conftest import Sync
from tests.billing.shopping import buy

pytestmark = pytest.mark.django_db(transaction=True)


def put_aside(reason: str = "we know") -> int:
    return dismiss(AttentionItem.objects.all(), reason=reason, actor=Actor("somebody"), at=timezone.now())


def waiting() -> list[str]:
    return [item.kind for item in AttentionItem.objects.waiting()]


def test_the_same_cause_does_not_come_back_with_the_next_run(shop: Shop, run: Sync) -> None:
    buy(shop, "Alice", plan="Platinum")
    run()
    assert put_aside() == 1
    assert run().attention == 0
    item = AttentionItem.objects.get()
    assert (item.dismiss_reason, item.dismissed_label, item.closed_at) == ("we know", "somebody", None)
    assert put_aside("again") == 0


def test_another_cause_comes_back_as_new_and_the_old_one_is_history(shop: Shop, run: Sync) -> None:
    service = buy(shop, "Alice", plan="Platinum")
    run()
    put_aside()
    shop.change_plan(service.id, "Diamond")
    run()
    old, new = AttentionItem.objects.order_by("pk")
    assert old.closed_at is not None
    assert (new.params["value"], new.dismissed_at) == ("Diamond", None)


def test_it_closes_when_the_cause_is_gone_and_is_told_again_when_it_returns(shop: Shop, run: Sync) -> None:
    service = buy(shop, "Alice", plan="Platinum")
    run()
    put_aside()
    shop.change_plan(service.id, "Team")
    run()
    assert not AttentionItem.objects.filter(closed_at=None).exists()
    shop.change_plan(service.id, "Platinum")
    run()
    assert waiting() == [Kind.PLAN_UNKNOWN]


def test_what_was_dismissed_takes_nobody_elses_place(shop: Shop, run: Sync) -> None:
    for n in range(attention.MOST_ALIKE + 5):
        buy(shop, f"Customer{n}", plan="Platinum")
    run()
    put_aside()
    run()
    assert len(waiting()) == 5


def test_a_gateway_that_fails_in_the_same_way_stays_aside_whatever_its_details(
    whmcs: SandboxServer, gateway: WhmcsGateway, run: Sync
) -> None:
    gateway.api_identifier = "somebody else"
    gateway.save()
    run()
    put_aside()
    run()
    assert waiting() == []
    WhmcsGateway.objects.update(base_url="http://127.0.0.1:9/")
    run()
    assert waiting() == [Kind.GATEWAY_ERROR]


def test_what_happened_once_is_closed(gateway: WhmcsGateway) -> None:
    AttentionItem.objects.create(gateway=gateway, kind=Kind.CLIENT_CHANGED, subject="7")
    put_aside()
    assert AttentionItem.objects.get().closed_at is not None


@pytest.mark.parametrize(
    ("kind", "before", "after", "same"),
    [
        (Kind.BAD_ROW, {"reason": "bad_id", "position": "3"}, {"reason": "bad_id", "position": "9"}, True),
        (Kind.BAD_ROW, {"reason": "bad_id", "value": "x"}, {"reason": "bad_id", "value": "y"}, False),
        (Kind.CLOCK_DIFFERS, {"difference": "0:11"}, {"difference": "0:12"}, True),
        (Kind.LOSSES_HELD, {"losing": "9", "open": "20"}, {"losing": "9", "open": "21"}, True),
        (Kind.LOSSES_HELD, {"losing": "9", "open": "20"}, {"losing": "10", "open": "20"}, False),
        (Kind.VANISHED, {}, {}, True),
    ],
)
def test_what_changes_from_run_to_run_is_no_other_cause(
    kind: Kind, before: dict[str, str], after: dict[str, str], same: bool
) -> None:
    assert is_same_cause(kind, before, after) is same
