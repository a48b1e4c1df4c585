"""A preview of a company whose services lie on several pages, each decided on before the next one comes."""

import pytest

from billing.models import PreviewedChange, StoredPreview
from billing.steps.run import batching
from sandbox import OTHER_PID, SandboxServer, Service, Shop
from sandbox.faults import LimitCapped
from tests.billing.conftest import Sync
from tests.billing.previews.conftest import Make
from tests.billing.previews.kept import shown
from tests.billing.shopping import buy, buy_two_of_one_company, counts, far_ahead, overdue, standing

pytestmark = pytest.mark.django_db(transaction=True)
CHANGE = PreviewedChange.Kind.CHANGE


@pytest.fixture
def services(shop: Shop, run: Sync) -> tuple[int, int, int]:
    """Three of one company, all of them paid; the last one speaks for it."""
    first, second = buy_two_of_one_company(shop, run)
    for service in (first, second):
        shop.terminate(service)
        run()
    third = buy(shop, client_id=shop.services[first].client_id, plan="Starter")
    run()
    for service in (first, second):
        shop.activate(service)
        shop.move_due_date(service, far_ahead())
    for _ in range(2):
        run()
    assert standing() == ("Starter", True)
    return first, second, third.id


@pytest.fixture
def page_by_page(whmcs: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "SECONDS_AT_MOST", 0.0)
    whmcs.faults.always(LimitCapped(1))


def figures(preview: StoredPreview) -> dict[str, int]:
    """As a run counts."""
    names = ("seen", "created", "changed", "unchanged", "held", "failed")
    return {name: preview.figures[name] for name in names if preview.figures[name]}


def test_two_services_that_lead_to_the_same_change_show_it_once(
    shop: Shop, run: Sync, services: tuple[int, int, int], make: Make, page_by_page: None
) -> None:
    """The third one has run out and is suspended, so the second speaks; what happens to the first shows that, too."""
    overdue(shop, services[2])
    for service in (services[0], services[2]):
        shop.suspend(service)
    preview = make()
    assert shown(preview) == [(CHANGE, services[0])]
    finished = run()
    assert (standing(), figures(preview)) == (("Business", True), counts(finished))


def test_two_services_that_are_lost_lead_to_the_plan_of_the_third(
    shop: Shop, run: Sync, services: tuple[int, int, int], make: Make, page_by_page: None
) -> None:
    for service in services[1:]:
        shop.suspend(service)
    preview = make()
    change = preview.changes.get()
    assert (change.service_id, change.after["plan"]) == (services[2], "Team")
    finished = run()
    assert (standing(), figures(preview)) == (("Team", True), counts(finished))


def test_a_loss_is_shown_where_an_earlier_page_has_ended_what_else_was_paid(
    shop: Shop, run: Sync, services: tuple[int, int, int], make: Make, page_by_page: None
) -> None:
    for service in services:
        shop.suspend(service)
    preview = make()
    assert shown(preview) == [(PreviewedChange.Kind.LOSE, services[2])]
    run()
    assert standing() == ("Starter", False)


def end_of(shop: Shop, run: Sync, word: str) -> Service:
    """The only service of a company, which WHMCS has set to this."""
    service = buy(shop)
    run()
    shop.edit_service(service.id, status=word)
    run()
    return service


@pytest.mark.parametrize("now", ["Active", "Suspended"])
def test_an_ended_company_whose_service_comes_back_is_not_reopened_by_a_purchase_on_a_later_page(
    shop: Shop, run: Sync, make: Make, page_by_page: None, now: str
) -> None:
    old = end_of(shop, run, "Terminated")
    new = buy(shop, client_id=old.client_id, plan="Business")
    shop.edit_service(old.id, status=now)
    preview = make()
    assert shown(preview) == [(CHANGE, old.id), (PreviewedChange.Kind.CREATE, new.id)]
    assert figures(preview) == counts(run())


def test_a_company_that_ends_on_one_page_is_reopened_by_a_purchase_on_a_later_one(
    shop: Shop, run: Sync, make: Make, page_by_page: None
) -> None:
    old = end_of(shop, run, "Suspended")
    new = buy(shop, client_id=old.client_id, plan="Business")
    shop.terminate(old.id)
    preview = make()
    assert shown(preview) == [(CHANGE, old.id), (PreviewedChange.Kind.REOPEN, new.id)]
    assert figures(preview) == counts(run())
    assert standing() == ("Business", True)


def test_a_purchase_that_reopens_a_company_is_seen_where_an_older_service_of_it_is_paid_later(
    shop: Shop, run: Sync, make: Make, page_by_page: None
) -> None:
    """The older one belongs to another product by now, so it is read after the whole list."""
    old = end_of(shop, run, "Terminated")
    new = buy(shop, client_id=old.client_id, plan="Business")
    shop.edit_service(old.id, pid=OTHER_PID, status="Active")
    preview = make()
    assert shown(preview) == [("noted", old.id), (PreviewedChange.Kind.REOPEN, new.id)]
    assert figures(preview) == counts(run())
    assert standing() == ("Business", True)
