"""The shop page, as a browser sees it."""

import pytest

from sandbox import SandboxServer
from tests.sandbox.caller import Caller

ORDER = {
    "pid": "7",
    "plan": "Team",
    "first_name": "Ana",
    "last_name": "Souza",
    "company": "Souza & Co",
    "email": "ana@example.com",
    "password": " a'b<c>&amp;é🎉 ",
}


def order(caller: Caller, **changes: str) -> str:
    answer = caller.post("/cart.php", **{**ORDER, **changes})
    assert answer.status == 303, answer.text
    return answer.headers["Location"]


@pytest.mark.parametrize("path", ["/", "/cart.php", "/cart.php?a=add&pid=7", "/cart.php?a=add&id=7"])
def test_the_shop_page_offers_every_plan_with_its_price(caller: Caller, path: str) -> None:
    page = caller.get(path)

    assert page.status == 200
    assert "Team - 49.00 USD a month" in page.text
    assert "Password for the first login" in page.text
    assert "stand-in" in page.text


def test_paying_makes_an_active_service_with_everything_as_typed(caller: Caller, server: SandboxServer) -> None:
    location = order(caller)

    service = server.shop.services[1]
    client = server.shop.clients[service.client_id]
    assert (service.status, service.plan, service.first_password) == ("Active", "Team", ORDER["password"])
    assert (client.name, client.company, client.email) == ("Ana Souza", "Souza & Co", "ana@example.com")
    confirmation = caller.get(location).text
    assert "Service 1" in confirmation
    assert 'href="http://localhost:8000/accounts/login/"' in confirmation


def test_an_order_that_is_paid_later_stays_pending(caller: Caller, server: SandboxServer) -> None:
    location = order(caller, later="1")

    assert server.shop.services[1].status == "Pending"
    assert "waits for payment" in caller.get(location).text


def test_a_known_email_buys_as_the_same_client(caller: Caller, server: SandboxServer) -> None:
    order(caller)
    order(caller, email="ANA@example.com")

    assert {service.client_id for service in server.shop.services.values()} == {1}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("first_name", " ", "your first name"),
        ("email", "nobody", "has no @"),
        ("plan", "Platinum", "Choose one of the plans"),
        ("password", "", "a password for the first login"),
    ],
)
def test_an_incomplete_order_comes_back_with_a_sentence(
    caller: Caller, server: SandboxServer, field: str, value: str, sentence: str
) -> None:
    answer = caller.post("/cart.php", **{**ORDER, field: value})

    assert answer.status == 422
    assert sentence in answer.text
    assert not server.shop.services


def test_what_a_visitor_types_is_escaped_and_the_password_is_never_shown(caller: Caller) -> None:
    confirmation = caller.get(order(caller, first_name="<script>alert(1)</script>")).text
    again = caller.post("/cart.php", **{**ORDER, "company": '"><b>', "email": "x"}).text

    assert "<script>" not in confirmation
    assert '"><b>' not in again
    assert "a&#x27;b" not in confirmation + again
