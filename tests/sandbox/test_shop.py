"""What each verb of the shop does to clients and services, and that a shop survives in its file."""

import json
import threading
from datetime import date
from pathlib import Path

import pytest

from sandbox import OVERDUE, Credentials, Service, Shop, Status
from sandbox.changes import add_months
from sandbox.seed import seed_demo

TODAY = date(2026, 1, 31)


@pytest.fixture
def shop() -> Shop:
    return Shop(today=TODAY)


@pytest.fixture
def service(shop: Shop) -> Service:
    return shop.buy("Ana", "Souza", "ana@example.com", plan="Team", password="first")


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_a_month_later_it_is_the_same_day_or_the_last_one(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


def test_a_paid_order_is_active_and_due_in_a_month(service: Service) -> None:
    assert (service.status, service.registered, service.next_due_date) == ("Active", TODAY, date(2026, 2, 28))
    assert service.amount == "49.00"


def test_an_unpaid_order_is_pending_and_due_today(shop: Shop) -> None:
    service = shop.buy("Ana", "Souza", "ana@example.com", paid=False)

    assert (service.status, service.next_due_date) == ("Pending", TODAY)
    assert shop.pay(service.id).status == "Active"


def test_without_a_client_id_everybody_is_a_new_client(shop: Shop, service: Service) -> None:
    other = shop.buy("Ana", "Souza", "ana@example.com")
    same = shop.buy(client_id=service.client_id)

    assert (other.client_id == service.client_id, same.client_id == service.client_id) == (False, True)


def test_paying_ends_a_suspension_for_being_overdue_and_no_other(shop: Shop, service: Service) -> None:
    shop.suspend(service.id)
    overdue = shop.services[service.id]
    paid = shop.pay(service.id)
    shop.suspend(service.id, "Abuse")

    assert overdue.suspension_reason == OVERDUE
    assert (paid.status, paid.suspension_reason, paid.next_due_date) == ("Active", "", date(2026, 3, 28))
    assert shop.pay(service.id).status == "Suspended"


def test_a_plan_that_was_ordered_applies_when_it_is_paid(shop: Shop, service: Service) -> None:
    ordered = shop.order_plan(service.id, "Business")
    paid = shop.pay(service.id)

    assert (ordered.plan, ordered.amount) == ("Team", "49.00")
    assert (paid.plan, paid.amount, paid.next_due_date) == ("Business", "129.00", service.next_due_date)


def test_each_verb_of_the_administrator_leads_to_its_status(shop: Shop, service: Service) -> None:
    key = service.id

    assert shop.terminate(key).status == Status.TERMINATED
    assert shop.cancel(key).status == Status.CANCELLED
    assert shop.mark_fraud(key).status == Status.FRAUD
    assert shop.set_back_to_pending(key).status == Status.PENDING
    assert shop.activate(key).status == Status.ACTIVE
    assert shop.complete(key).status == Status.COMPLETED
    assert shop.change_plan(key, "Starter").amount == "19.00"
    assert shop.change_plan(key, "starter").plan == "starter"
    assert shop.move_due_date(key, None).next_due_date is None
    assert shop.renew(key).next_due_date is None
    assert shop.edit_service(key, status="Whatever").status == "Whatever"


def test_a_moved_or_merged_service_keeps_its_id(shop: Shop, service: Service) -> None:
    other = shop.buy("Ben", "Braun", "ben@example.com")
    moved = shop.move_service(service.id, other.client_id)
    shop.move_service(service.id, service.client_id)
    shop.merge_clients(service.client_id, other.client_id)

    assert (moved.id, moved.client_id) == (service.id, other.client_id)
    assert shop.services[service.id].client_id == other.client_id
    assert list(shop.clients) == [other.client_id]


def test_merging_a_client_into_itself_or_nobody_changes_nothing(shop: Shop, service: Service) -> None:
    shop.merge_clients(service.client_id, service.client_id)
    lonely = shop.add_client(first_name="Lone", email="lone@example.com")
    for client_id in (service.client_id, lonely.id):
        with pytest.raises(KeyError):
            shop.merge_clients(client_id, 99)

    assert shop.services[service.id].client_id == service.client_id
    assert list(shop.clients) == [service.client_id, lonely.id]


def test_closing_keeps_the_client_and_deleting_does_not(shop: Shop, service: Service) -> None:
    shop.edit_client(service.client_id, email="new@example.com")
    closed = shop.close_client(service.client_id)
    assert (closed.status, closed.email, shop.services[service.id].status) == ("Closed", "new@example.com", "Cancelled")
    shop.delete_client(service.client_id)
    assert not shop.clients
    assert not shop.services


def test_a_number_is_never_used_twice(shop: Shop, service: Service) -> None:
    shop.delete_service(service.id)

    assert shop.buy(client_id=service.client_id).id == service.id + 1


def test_purchases_from_many_threads_get_numbers_of_their_own(shop: Shop) -> None:
    threads = [
        threading.Thread(target=lambda: [shop.buy("A", "B", "c@d.example") for _ in range(50)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(shop.listing()) == [shop.services[number] for number in range(1, 401)]


def test_no_secret_is_in_a_repr(shop: Shop, service: Service) -> None:
    shown = repr(service) + repr(shop.clients) + repr(shop.credentials)

    assert "'first'" not in shown
    assert service.password not in shown
    assert shop.credentials.secret not in shown


def test_a_shop_goes_on_where_its_file_ends(tmp_path: Path) -> None:
    path = tmp_path / "var" / "shop.json"
    first = Shop(path=path, today=TODAY)
    sold = first.buy("Aña", "Souza 🎈", "ana@example.com", plan="Team", password="a'b\n")
    first.edit_service(sold.id, override_suspend_until=date(2027, 1, 1))
    again = Shop(path=path)

    assert again.services == first.services
    assert again.clients == first.clients
    assert again.credentials == first.credentials
    assert again.buy(client_id=sold.client_id).id == 2
    assert [entry.name for entry in path.parent.iterdir()] == ["shop.json"]
    assert path.stat().st_mode & 0o077 == 0


def test_given_credentials_win_over_kept_ones(tmp_path: Path) -> None:
    path = tmp_path / "shop.json"
    Shop(path=path).buy("A", "B", "c@d.example")
    mine = Credentials(identifier="mine", secret="secret")

    assert Shop(path=path, credentials=mine).credentials == mine


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"credentials": {}, "clients": 3})])
def test_a_file_that_is_no_shop_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "shop.json"
    path.write_text(text)

    with pytest.raises(ValueError, match="not a file of the sandbox"):
        Shop(path=path)
    assert path.read_text() == text


def test_the_demo_has_a_dozen_customers_with_different_fates(shop: Shop) -> None:
    assert seed_demo(shop, today=TODAY)

    services = shop.listing()
    assert len(shop.clients) >= 12
    assert len(services) == len(shop.clients) + 1
    assert {service.status for service in services} == set(Status) - {"Fraud", "Completed"}
    assert {"Starter", "Team", "Business", "Team "} == {service.plan for service in services}
    assert any(
        service.status == "Active" and service.next_due_date < TODAY for service in services if service.next_due_date
    )
    assert len({client.email for client in shop.clients.values()}) == len(shop.clients)
    assert not seed_demo(shop)


def test_a_copy_begins_with_the_same_and_goes_its_own_way(shop: Shop, service: Service) -> None:
    other = shop.copy()
    assert (other.clients, other.services, other.credentials) == (shop.clients, shop.services, shop.credentials)
    shop.suspend(service.id)
    assert other.services[service.id] == service
    assert other.buy("Cem", "Souza", "cem@example.com").id == shop.buy("Cem", "Souza", "cem@example.com").id
