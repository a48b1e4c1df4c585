"""What needs attention is listed once for a cause, closes by itself, and is never a thousand of the same."""

import pytest

from billing.models import AttentionItem, Kind
from billing.steps import attention
from billing.wording import explain
from companies.models import Company
from plans.models import Plan
from sandbox import Shop
from tests.billing.conftest import Sync
from tests.billing.test_sync import buy

pytestmark = pytest.mark.django_db(transaction=True)

PLANLESS = 25


def open_items(kind: str) -> list[AttentionItem]:
    return list(AttentionItem.objects.filter(kind=kind, closed_at=None).order_by("pk"))


@pytest.fixture
def planless(shop: Shop, run: Sync) -> list[int]:
    """Many purchases of a plan that has another name here."""
    ids = [buy(shop, f"Customer{n}", plan="Platinum").id for n in range(PLANLESS)]
    run()
    return ids


def test_many_of_the_same_are_some_items_and_a_number(planless: list[int]) -> None:
    items = open_items(Kind.PLAN_UNKNOWN)
    assert len(items) == attention.MOST_ALIKE + 1
    assert items[-1].subject == AttentionItem.THE_OTHERS
    assert f"And {PLANLESS - attention.MOST_ALIKE} more" in explain(items[-1])


def test_the_same_again_changes_nothing(planless: list[int], run: Sync) -> None:
    before = [(item.pk, item.params) for item in open_items(Kind.PLAN_UNKNOWN)]
    run()
    assert [(item.pk, item.params) for item in open_items(Kind.PLAN_UNKNOWN)] == before


def test_the_others_get_their_place_as_soon_as_there_is_room(planless: list[int], shop: Shop, run: Sync) -> None:
    for service_id in planless[:3]:
        shop.change_plan(service_id, "Team")
    run()
    run()
    items = open_items(Kind.PLAN_UNKNOWN)
    others = [item for item in items if item.subject == AttentionItem.THE_OTHERS]
    assert len(items) == attention.MOST_ALIKE + 1
    assert [item.params["count"] for item in others] == [str(PLANLESS - 3 - attention.MOST_ALIKE)]


def test_all_of_them_close_when_the_cause_is_gone(planless: list[int], run: Sync) -> None:
    Plan.objects.create(name="Platinum", users=5)
    run()
    assert open_items(Kind.PLAN_UNKNOWN) == []
    assert Company.objects.count() == PLANLESS
