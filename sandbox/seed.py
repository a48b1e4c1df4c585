"""A dozen customers with varied histories, so that there is something to look at."""

from datetime import date, timedelta

from sandbox.changes import add_months
from sandbox.records import Service
from sandbox.shop import Shop

PASSWORD = "first-login-2026"  # noqa: S105 - the password of invented customers
"""The first password of every demo customer."""


def seed_demo(shop: Shop, today: date | None = None) -> bool:
    """Fill an empty shop; due dates are relative to `today` (None: the shop's day). Return whether it was empty."""
    if shop.clients:
        return False
    today = today or shop.today
    with shop.change():
        _paying(shop, today)
        _in_trouble(shop, today)
        _remarkable(shop, today)
    return True


def _customer(
    shop: Shop, name: str, company: str, plan: str, due: date | None, *, bought: date | None = None, paid: bool = True
) -> Service:
    first_name, _, last_name = name.partition(" ")
    local = first_name.encode("ascii", "ignore").decode().lower() or "customer"
    email = f"{local}@customer{len(shop.clients) + 1}.example"
    service = shop.buy(
        first_name,
        last_name,
        email,
        company=company,
        phone="+44.1234567890",
        plan=plan,
        password=PASSWORD,
        paid=paid,
    )
    registered = bought or (add_months(due, -3) if due else shop.today)
    return shop.edit_service(service.id, next_due_date=due, registered=registered)


def _paying(shop: Shop, today: date) -> None:
    _customer(shop, "Olivia Starter", "Small Steps", "Starter", today + timedelta(days=20))
    _customer(shop, "Tomas Teamer", "Harbour Logistics", "Team", today + timedelta(days=25))
    _customer(shop, "Bianca Business", "Northwind Trading", "Business", today + timedelta(days=12))
    _customer(shop, "Dora Soon", "Due Soon Bakery", "Team", today + timedelta(days=2))


def _in_trouble(shop: Shop, today: date) -> None:
    _customer(shop, "Gregor Grace", "Slow Payers Ltd", "Starter", today - timedelta(days=2))
    suspended = _customer(shop, "Susan Suspended", "Forgotten Invoices", "Team", today - timedelta(days=30))
    shop.suspend(suspended.id)
    terminated = _customer(shop, "Terence Terminated", "Closed Chapter", "Business", today - timedelta(days=90))
    shop.terminate(terminated.id)
    cancelled = _customer(shop, "Clara Cancelled", "Changed Minds", "Starter", today - timedelta(days=15))
    shop.cancel(cancelled.id)
    _customer(shop, "Pedro Pending", "Waiting Room", "Team", today, bought=today, paid=False)


def _remarkable(shop: Shop, today: date) -> None:
    due = today + timedelta(days=16)
    _customer(shop, "Sybil Space", "Trailing Space Works", "Team ", due)
    twice = _customer(shop, "Duncan Double", "Two of Everything", "Starter", due)
    second = shop.buy(plan="Business", password=PASSWORD, client_id=twice.client_id)
    shop.move_due_date(second.id, today + timedelta(days=9))
    _customer(shop, "José Álvarez", "Álvarez & Müller", "Team", due)
    _customer(shop, "🎈 Ballón", "🎈 Party & Sons", "Starter", due)
