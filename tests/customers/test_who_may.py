"""Of those who come, only those change something whom the table allows it, and only by a form of ours."""

import pytest

from tests.customers.asking import METHODS, UNSAFE, ask
from tests.customers.stage import Stage
from tests.customers.table import TABLE
from tests.customers.visitors import Visitor
from tests.forging import checksum, undone

pytestmark = pytest.mark.django_db
every_visitor = pytest.mark.parametrize("visitor", list(Visitor))
EVIL = "https://evil.example"


@every_visitor
def test_a_form_changes_something_for_those_of_the_table_and_for_nobody_else(visitor: Visitor, stage: Stage) -> None:
    browser = stage.browser_of(visitor)
    own = stage.names_for(visitor, browser)
    before = checksum()
    for route, row in TABLE.items():
        with undone():
            answer = ask(browser, "POST", route, own)
            assert answer.status < 500, route
            assert (checksum() != before) is (visitor in row.act), (route, answer.status)


@pytest.mark.parametrize("visitor", [Visitor.OWNER, Visitor.BLOCKED, Visitor.STAFF, Visitor.ANONYMOUS])
def test_only_a_form_changes_something(visitor: Visitor, stage: Stage) -> None:
    browser = stage.browser_of(visitor)
    own = stage.names_for(visitor, browser)
    before = checksum()
    for route in TABLE:
        for method in set(METHODS) - {"POST"}:
            answer = ask(browser, method, route, own)
            assert answer.status < 500, (method, route)
            assert method in {"GET", "HEAD"} or answer.status == 405, (method, route, answer.status)
        assert checksum() == before, route


@pytest.mark.parametrize("visitor", [Visitor.OWNER, Visitor.ANONYMOUS])
def test_a_form_of_another_site_is_refused_everywhere(visitor: Visitor, stage: Stage) -> None:
    browser = stage.browser_of(visitor)
    own = stage.names_for(visitor, browser)
    before = checksum()
    for route in TABLE:
        for method in UNSAFE:
            assert ask(browser, method, route, own, is_checked=True).status == 403, (method, route)
        from_elsewhere = ask(browser, "POST", route, own, is_checked=True, has_token=True, HTTP_ORIGIN=EVIL)
        assert from_elsewhere.status == 403, route
    assert checksum() == before


def test_a_form_of_ours_is_taken_with_its_token(stage: Stage) -> None:
    browser = stage.browser_of(Visitor.OWNER)
    own = stage.names_for(Visitor.OWNER, browser)
    assert ask(browser, "POST", "account/", own, is_checked=True, has_token=True).status == 302
