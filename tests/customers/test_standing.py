"""What a company's standing, or a password that the shop knows, leaves of the pages: from the next click on."""

import pytest

from companies.authorization.gates import Gate
from companies.models import Company, Installation, User
from tests.customers.asking import METHODS, ask
from tests.customers.stage import Stage
from tests.customers.table import TABLE
from tests.customers.visitors import Visitor
from tests.forging import checksum
from tests.routes import ROUTES

pytestmark = pytest.mark.django_db
CHANGE = "accounts/password/change/"
NOT_PUBLIC = [route for route in TABLE if ROUTES[route] is not Gate.PUBLIC]


@pytest.mark.parametrize("visitor", [Visitor.OWNER, Visitor.ADMIN, Visitor.MEMBER])
def test_a_block_takes_with_the_next_click_what_the_table_says_and_nothing_else(visitor: Visitor, stage: Stage) -> None:
    browser = stage.browser_of(visitor)
    own = stage.names_for(visitor, browser)
    assert ask(browser, "GET", "team/", own).status == 200
    Company.objects.filter(name="Bakery").update(status="suspended")
    before = checksum()
    for route, row in TABLE.items():
        methods = ("GET",) if row.stays else ("GET", "POST")
        for method in methods:
            answer = ask(browser, method, route, own)
            says_so = "Bakery is closed at the moment" in answer.body
            assert says_so is not row.stays, (method, route)
            assert answer.status == 403 or row.stays, (method, route)
    assert checksum() == before


def test_what_was_blocked_is_there_again_with_the_next_click(stage: Stage) -> None:
    browser = stage.browser_of(Visitor.OWNER)
    own = stage.names_for(Visitor.OWNER, browser)
    for status, answered in (("suspended", 403), ("active", 200)):
        Company.objects.filter(name="Bakery").update(status=status)
        assert ask(browser, "GET", "team/", own).status == answered


@pytest.mark.parametrize("visitor", [Visitor.OWNER, Visitor.BLOCKED, Visitor.STAFF])
def test_who_has_the_shops_password_and_must_choose_another_one_can_do_nothing_else(
    visitor: Visitor, stage: Stage
) -> None:
    browser = stage.browser_of(visitor)
    own = stage.names_for(visitor, browser)
    Installation(pk=Installation.THE_ONE, shop_password_must_change=True).save()
    User.objects.update(password_is_from_shop=True)
    before = checksum()
    for route in NOT_PUBLIC:
        for method in set(METHODS) if route != CHANGE else ():
            answer = ask(browser, method, route, own)
            is_led = (answer.status, answer.headers.get("Location")) == (302, f"/{CHANGE}")
            assert is_led or answer.status == 405, (method, route, answer.status)
    assert checksum() == before
