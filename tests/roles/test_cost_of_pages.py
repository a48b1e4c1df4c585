"""What a page costs an operator: as much with twenty of everything as with one."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from companies.brand import current
from tests.roles.crowd import come
from tests.roles.paths import WALKED, path_of, row
from tests.roles.stage import Stage
from tests.roles.visitors import visitor
from tests.roles.who_may import NOBODY, SUPERUSER

pytestmark = pytest.mark.django_db
PAGES = [route for route in WALKED if row(route).look is not NOBODY]
MOST = 20


def questions(client: Client, path: str) -> int:
    """How many a page asks the database. What is written with some of them depends on the clock."""
    current.forget()  # for half a minute, which some pages of this test would be in, and others not
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return sum(query["sql"].startswith("SELECT") for query in asked)


def test_no_page_asks_more_for_twenty_of_everything_than_for_one(stage: Stage) -> None:
    client = visitor(SUPERUSER)
    come(stage.gateway, 100)
    for route in PAGES:
        client.get(path_of(route, stage))  # what is remembered from the first look on, is
    few = {route: questions(client, path_of(route, stage)) for route in PAGES}
    for number in range(101, 120):
        come(stage.gateway, number)
    many = {route: questions(client, path_of(route, stage)) for route in PAGES}
    assert {route: (few[route], many[route]) for route in PAGES if many[route] > few[route]} == {}
    assert {route: number for route, number in many.items() if number > MOST} == {}
