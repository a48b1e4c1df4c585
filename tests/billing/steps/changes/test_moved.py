"""A service that WHMCS gives to another client: both companies' stories tell of it, once."""

import pytest
from django.test import Client

from companies.models import Event
from sandbox import Shop
from tests.billing.conftest import Approve, Sync
from tests.billing.shopping import buy, company_of

pytestmark = pytest.mark.django_db(transaction=True)


def told(service: int) -> list[tuple[str, str]]:
    moves = Event.objects.filter(company=company_of(service), code__startswith="service_")
    return list(moves.order_by("pk").values_list("code", "reason"))


def page_of(client: Client, service: int, language: str) -> str:
    path = f"/admin/companies/company/{company_of(service).pk}/change/"
    return client.get(path, headers={"Accept-Language": language}).content.decode()


def test_both_companies_of_a_moved_service_tell_of_it_and_no_others(shop: Shop, run: Sync) -> None:
    alice, bob, charlie = [buy(shop, name) for name in ("Alice", "Bob", "Charlie")]
    run()
    ids = f"from client {alice.client_id} to client {bob.client_id}"
    shop.move_service(alice.id, bob.client_id)
    for _ in range(2):
        run()
        assert told(alice.id) == [
            ("service_moved", f"WHMCS moved service {alice.id} {ids}, who already has here: Bob Smith")
        ]
        assert told(bob.id) == [
            (
                "service_joined",
                f"WHMCS moved service {alice.id} (Alice Smith) {ids}, the client of this company",
            )
        ]
        assert told(charlie.id) == []


def test_the_story_names_a_client_who_had_no_company_here_by_number(shop: Shop, run: Sync) -> None:
    alice = buy(shop, "Alice")
    run()
    shop.move_service(alice.id, shop.add_client(first_name="Bob", email="bob@example.com").id)
    run()
    [(code, reason)] = told(alice.id)
    assert code == "service_moved"
    assert reason.startswith(f"WHMCS moved service {alice.id} from client {alice.client_id} to client ")
    assert "already has" not in reason


def test_a_move_that_waits_for_approval_is_told_when_it_is_carried_out(shop: Shop, run: Sync, approve: Approve) -> None:
    services = [buy(shop, name) for name in ("Alice", "Bob", "Charlie")]
    run()
    shop.move_service(services[0].id, services[1].client_id)
    for service in services:
        shop.suspend(service.id)
    run()
    assert told(services[0].id) == []
    approve()
    run()
    assert [code for code, _ in told(services[0].id)] == ["service_moved"]
    assert [code for code, _ in told(services[1].id)] == ["service_joined"]


@pytest.mark.parametrize(
    ("language", "label", "why"),
    [
        ("en", "Service moved to another client", "WHMCS moved service"),
        ("es", "El servicio pasó a otro cliente", "WHMCS pasó el servicio"),
        ("pt-br", "O serviço passou para outro cliente", "O WHMCS passou o serviço"),
    ],
)
def test_the_page_of_the_company_tells_of_the_move_in_the_readers_language(
    shop: Shop, run: Sync, operator: Client, language: str, label: str, why: str
) -> None:
    alice, bob = buy(shop, "Alice"), buy(shop, "Bob")
    run()
    shop.move_service(alice.id, bob.client_id)
    run()
    page = page_of(operator, alice.id, language)
    assert f"<strong>{label}</strong>" in page
    assert why in page
    assert why in page_of(operator, bob.id, language)
