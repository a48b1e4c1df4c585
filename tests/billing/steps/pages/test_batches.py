"""Changes that wait for those of the next pages, and what becomes of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.steps.run import batching
from companies.models import Company
from sandbox import SandboxServer
from sandbox.faults.listings import LimitCapped
from sandbox.faults.replies import authentication_failed
from tests.billing.conftest import Approve, Sync

pytestmark = pytest.mark.django_db(transaction=True)


PURCHASES = 19


def buy(whmcs: SandboxServer, number: int) -> None:
    whmcs.shop.buy(
        first_name="Client", last_name=str(number), email=f"client{number}@example.com", plan="Team",
        password=f"correct horse {number}",
    )  # fmt: skip


@pytest.fixture
def many_pages(whmcs: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> SandboxServer:
    """Two purchases a page, more pages than wait for each other."""
    monkeypatch.setattr(batching, "CHANGES_AT_A_TIME", 4)
    whmcs.faults.always(LimitCapped(2), "GetClientsProducts")
    for number in range(PURCHASES):
        buy(whmcs, number)
    return whmcs


def test_all_waiting_changes_are_applied(many_pages: SandboxServer, run: Sync) -> None:
    finished = run()
    assert (finished.outcome, finished.created) == ("complete", PURCHASES)
    assert run().unchanged == PURCHASES


def test_waiting_changes_are_applied_where_a_later_page_is_refused(many_pages: SandboxServer, run: Sync) -> None:
    many_pages.faults.always(authentication_failed(), "GetClientsProducts", first=3)
    finished = run()
    assert finished.outcome == "failed"
    assert finished.created == Company.objects.count() > 0


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes wait until the end of the list, unless there is another reason to decide on them."""
    monkeypatch.setattr(batching, "CHANGES_AT_A_TIME", 1000)
    monkeypatch.setattr(batching, "SECONDS_AT_MOST", 1000)
    monkeypatch.setattr("billing.steps.newcomers.pipeline.MOST_UNDER_WAY", 0)


def test_newcomers_wait_for_no_other_page(
    many_pages: SandboxServer, patience: None, run: Sync, approve: Approve
) -> None:
    for number in range(200, 240):
        buy(many_pages, number)
    assert run().outcome == "held"
    approve()
    before = len(many_pages.requests)
    run()
    actions = [request.action for request in many_pages.requests[before:]]
    pages = [place for place, action in enumerate(actions) if action == "getclientsproducts"]
    assert pages[0] < actions.index("getclientsdetails") < pages[1]


def test_other_changes_wait_to_be_decided_together(many_pages: SandboxServer, patience: None, run: Sync) -> None:
    run()
    for service_id in list(many_pages.shop.services):
        many_pages.shop.pay(service_id)
    with CaptureQueriesContext(connection) as queries:
        assert run().changed == PURCHASES
    # SQLite gets them in statements of some sizes, and of each size at once.
    written = [query["sql"] for query in queries if 'UPDATE "billing_subscription"' in query["sql"]]
    assert len(written) == (1 if connection.vendor == "postgresql" else 2)  # 19 are 2 of eight and 3 of one
