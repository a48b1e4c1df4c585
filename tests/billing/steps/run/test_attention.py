"""What needs attention is listed once for a cause, closes by itself, and is never a thousand of the same."""

import pytest
from django.utils import timezone

from billing.models import AttentionItem, Kind, WhmcsGateway
from billing.steps.run import attention
from billing.wording.attention import explain
from companies.models import Company
from plans.models import Plan
from sandbox import SandboxServer, Shop
from sandbox.faults import LimitCapped, api_error
from tests.billing.conftest import Sync
from tests.billing.shopping import buy, open_kinds
from tests.companies.factories import make_person, sign_in

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


def test_many_items_of_one_kind_are_shown_as_a_few_and_a_number(planless: list[int]) -> None:
    items = open_items(Kind.PLAN_UNKNOWN)
    assert len(items) == attention.MOST_ALIKE + 1
    assert items[-1].subject == AttentionItem.THE_OTHERS
    assert f"And {PLANLESS - attention.MOST_ALIKE} more" in explain(items[-1])


def test_items_that_are_raised_again_change_nothing(planless: list[int], run: Sync) -> None:
    before = [(item.pk, item.params) for item in open_items(Kind.PLAN_UNKNOWN)]
    run()
    assert [(item.pk, item.params) for item in open_items(Kind.PLAN_UNKNOWN)] == before


def test_items_behind_the_number_are_shown_as_soon_as_there_is_room(planless: list[int], shop: Shop, run: Sync) -> None:
    for service_id in planless[:3]:
        shop.change_plan(service_id, "Team")
    run()
    run()
    items = open_items(Kind.PLAN_UNKNOWN)
    others = [item for item in items if item.subject == AttentionItem.THE_OTHERS]
    assert len(items) == attention.MOST_ALIKE + 1
    assert [item.params["count"] for item in others] == [str(PLANLESS - 3 - attention.MOST_ALIKE)]


def test_all_items_close_when_their_cause_is_gone(planless: list[int], run: Sync) -> None:
    Plan.objects.create(name="Platinum", users=5)
    run()
    assert open_items(Kind.PLAN_UNKNOWN) == []
    assert Company.objects.count() == PLANLESS


def test_an_incomplete_reading_does_not_close_the_number_of_other_items(
    planless: list[int], whmcs: SandboxServer, run: Sync
) -> None:
    """What it did not come to may be the same as ever."""
    whmcs.faults.always(LimitCapped(10))
    whmcs.faults.when(lambda call: int(call.params.get("limitstart", 0)) >= 10, api_error("Out of order"))
    before = [(item.pk, item.subject) for item in open_items(Kind.PLAN_UNKNOWN)]
    finished = run()
    assert (finished.outcome, finished.seen <= attention.MOST_ALIKE) == ("partial", True)
    assert [(item.pk, item.subject) for item in open_items(Kind.PLAN_UNKNOWN)] == before
    whmcs.faults.clear()
    for service_id in planless[10:]:
        whmcs.shop.change_plan(service_id, "Team")
    run()
    assert AttentionItem.THE_OTHERS not in {item.subject for item in open_items(Kind.PLAN_UNKNOWN)}


def test_a_kind_that_only_the_next_version_knows_is_shown_by_its_name(planless: list[int]) -> None:
    """As while both run side by side."""
    AttentionItem.objects.update(kind="of_the_next_version")
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    item = AttentionItem.objects.latest("pk")
    for page in ("/admin/", "/admin/billing/attentionitem/", f"/admin/billing/attentionitem/{item.pk}/change/"):
        assert operator.get(page).status_code == 200
    assert "of_the_next_version" in operator.get("/admin/billing/attentionitem/").content.decode()
    assert explain(AttentionItem.objects.exclude(subject=AttentionItem.THE_OTHERS)[0]) == "of_the_next_version"


def test_an_item_about_a_whole_reading_is_closed_only_by_a_whole_reading(
    gateway: WhmcsGateway, shop: Shop, run: Sync
) -> None:
    service = buy(shop)
    run()
    AttentionItem.objects.create(gateway=gateway, kind=Kind.GATEWAY_ERROR, subject="gateway", opened_at=timezone.now())
    run(service_id=service.id)
    assert open_kinds() == {Kind.GATEWAY_ERROR}
    run()
    assert open_kinds() == set()


def test_a_letter_that_only_looks_like_another_is_marked_where_an_address_is_refused_for_it(
    shop: Shop, run: Sync
) -> None:
    """To the eye it is an address as any other."""
    buy(shop, email="\u0430lice@example.com")
    run()
    assert r"'\u0430lice@example.com' is no usable e-mail address" in explain(AttentionItem.objects.get())
