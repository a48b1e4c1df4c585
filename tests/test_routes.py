"""Every address is in the table of `tests.routes` with its gate, and its gate holds."""

import pytest
from django.test import Client

from companies.authorization.gates import Gate, gate_of
from tests.companies.factories import make_company, make_person, sign_in
from tests.roles.who_may import OPEN, row_of
from tests.routes import ADMIN, ALL, OPEN_ADMIN_ROUTES, ROUTES, path_of


def test_every_route_is_in_the_list_with_its_gate() -> None:
    found = {route: gate_of(view) for route, view in ALL.items() if not route.startswith("admin/")}
    assert found == ROUTES


def test_every_address_of_the_administration_has_a_row_that_says_who_may() -> None:
    """A new one is added to `tests/roles/who_may.py`; then it is walked with forged requests."""
    assert [route for route in ADMIN if route not in OPEN and row_of(route) is None] == []


@pytest.mark.django_db
@pytest.mark.parametrize("route", [r for r, gate in ROUTES.items() if gate is not Gate.PUBLIC])
def test_a_stranger_is_led_to_sign_in(route: str) -> None:
    for method in ("get", "post"):
        answer = getattr(Client(), method)(path_of(route))
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("route", [r for r, gate in ROUTES.items() if gate is Gate.OPEN_COMPANY])
def test_a_blocked_company_sees_only_that_it_is_blocked(route: str) -> None:
    client = sign_in(make_person(company=make_company(status="suspended")))
    for method in ("get", "post"):
        answer = getattr(client, method)(path_of(route))
        assert answer.status_code == 403
        assert "is closed at the moment" in answer.content.decode()


@pytest.mark.django_db
def test_strangers_and_customers_get_the_same_sign_in_everywhere_in_the_administration() -> None:
    customer = sign_in(make_person(company=make_company()))
    for route in ADMIN:
        if "(?P<" in route or route in OPEN_ADMIN_ROUTES:
            continue
        for method in ("get", "post"):
            answers = [getattr(client, method)(path_of(route)) for client in (Client(), customer)]
            assert [a.status_code for a in answers] == [302, 302], route
            assert answers[0]["Location"] == answers[1]["Location"], route
            assert answers[0]["Location"].startswith("/admin/login/"), route
