"""A question about losses that waits, and more losses found by readings that prove nothing about all services."""

import pytest

from billing.models import AttentionItem, HeldChanges, Kind, WhmcsGateway
from companies.access import State
from companies.standings.facts import access_of
from sandbox import SandboxServer, Shop
from tests.billing.conftest import Approve, Sync
from tests.billing.shopping import are_open, break_list_after, buy, company_of, overdue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def services(shop: Shop, run: Sync) -> list[int]:
    """Six companies: it waits whether the first, overdue, and the second, suspended, may lose access."""
    ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie", "Dora", "Eve", "Fritz")]
    run()
    WhmcsGateway.objects.update(mass_change_count=1, mass_change_percent=0)
    overdue(shop, ids[0])
    shop.suspend(ids[1])
    run()
    assert asked_about() == {ids[0], ids[1]}
    return ids


def question() -> HeldChanges:
    return HeldChanges.objects.waiting().get(kind=HeldChanges.Kind.LOSSES)


def asked_about() -> set[int]:
    return set(question().companies.values_list("service_id", flat=True))


def test_losses_that_are_found_while_many_services_are_missing_are_asked_about_too(
    shop: Shop, run: Sync, services: list[int], approve: Approve
) -> None:
    for service in services[3:]:
        shop.delete_service(service)
    shop.suspend(services[2])
    run()
    assert HeldChanges.objects.waiting().filter(kind=HeldChanges.Kind.ABSENT).exists()
    assert asked_about() == set(services[:3])
    assert (question().version, question().figures["losing"]) == (2, "3")
    assert AttentionItem.objects.waiting().get(kind=Kind.LOSSES_HELD).params["losing"] == "3"
    run()
    assert question().version == 2
    approve()
    run()
    assert are_open(services) == [False, False, False, True, True, True]


def test_one_service_that_is_read_alone_is_asked_about_beside_those_that_wait(
    shop: Shop, run: Sync, services: list[int]
) -> None:
    for service in services[2:4]:
        shop.suspend(service)
    for service in services[2:4]:
        run(service_id=service)
    assert {one for one in services if access_of(company_of(one)).state is State.BLOCKED} | asked_about() == set(
        services[:4]
    )


def test_an_incomplete_list_leaves_the_question_about_what_it_does_not_hold(
    shop: Shop, whmcs: SandboxServer, run: Sync, services: list[int]
) -> None:
    shop.suspend(services[2])
    break_list_after(3, whmcs)
    run()
    assert asked_about() == set(services[:3])
