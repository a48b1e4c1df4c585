"""What is somebody else's looks exactly like what is not there, and nothing of it changes."""

import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from billing.models import PaymentCheck
from companies.models import Company, Event, Invitation, Membership, User
from tests.customers.asking import METHODS, ask
from tests.customers.stage import Names, Stage
from tests.customers.table import NOT_CUSTOMERS, TABLE
from tests.customers.visitors import Answer, Visitor
from tests.forging import checksum, undone
from tests.routes import ROUTES

pytestmark = pytest.mark.django_db
NAMING = [route for route, row in TABLE.items() if row.names or row.types_names]
every_visitor = pytest.mark.parametrize("visitor", list(Visitor))


def test_every_address_of_the_customers_has_a_row() -> None:
    assert set(TABLE) == set(ROUTES) - NOT_CUSTOMERS, "a new address needs a row in tests/customers/table.py"


@every_visitor
def test_something_foreign_is_answered_like_what_is_not_there(visitor: Visitor, stage: Stage) -> None:
    browser = stage.browser_of(visitor)
    before = checksum()
    for route in NAMING:
        for method in METHODS:
            # What is not there is tried in more than one form where something could happen.
            missing = [ask(browser, method, route, n) for n in stage.missing[: None if method == "POST" else 1]]
            for names in stage.foreign_for(visitor):
                foreign = ask(browser, method, route, names)
                assert foreign.status < 500, (method, route)
                assert [foreign] * len(missing) == missing, (method, route)
    assert checksum() == before


def smuggled(names: Names) -> dict[str, str]:
    """Names in fields and in a query where nobody asks for them, and rights that nobody gives."""
    fields = {kind: names[kind] for kind in ("company", "invitation", "session")}
    fields |= {f"{kind}_id": name for kind, name in fields.items()} | {"pk": names["company"], "id": names["company"]}
    fields |= {"key": names["colleague"], "token": names["join"], "membership": names["company"], "user": "1"}
    return fields | {"is_staff": "on", "is_superuser": "on", "is_active": "on", "plan": "1", "status": "active"}


def of_the_florist(stage: Stage) -> str:
    """All that is the florist's."""
    company, people = stage.florist.company, [user.pk for user in stage.florist.people.values()]
    rows = [
        Company.objects.filter(pk=company.pk), Membership.objects.filter(company=company),
        Invitation.objects.filter(company=company), Event.objects.filter(company=company),
        User.objects.filter(pk__in=people), PaymentCheck.objects.filter(subscription__company=company),
    ]  # fmt: skip
    return str([list(part.order_by("pk").values_list()) for part in rows])


def without_new_keys(answer: Answer) -> Answer:
    """Whoever is added twice has two numbers where a database uses none again, and so two addresses."""
    headers = {name: re.sub("^/team/[0-9a-f]{24}/$", "/team/KEY/", value) for name, value in answer.headers.items()}
    return replace(answer, headers=headers)


@pytest.mark.parametrize("visitor", [Visitor.OWNER, Visitor.MEMBER, Visitor.ANONYMOUS])
def test_names_where_nobody_asks_for_them_change_nothing(visitor: Visitor, stage: Stage) -> None:
    browser = stage.browser_of(visitor)
    own, before = stage.names_for(visitor, browser), of_the_florist(stage)
    for route in TABLE:
        answers = []
        for names in (stage.foreign, stage.missing[0]):
            more = smuggled(names)
            with undone():
                answer = ask(browser, "POST", route, own, query=f"?{urlencode(more)}", more=more)
                answers.append(without_new_keys(answer))
                assert of_the_florist(stage) == before, route
                assert not User.objects.filter(is_staff=True).exists(), route
        assert answers[0].status < 500, route
        assert answers[0] == answers[1], route
