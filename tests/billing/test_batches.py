"""Changes that wait for those of the next pages, and what becomes of them."""

import pytest

from billing.steps import gathering
from companies.models import Company
from sandbox import SandboxServer
from sandbox.faults.listings import LimitCapped
from sandbox.faults.replies import authentication_failed
from tests.billing.conftest import Sync

pytestmark = pytest.mark.django_db(transaction=True)


PURCHASES = 19


@pytest.fixture
def many_pages(whmcs: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> SandboxServer:
    """Two purchases a page, more pages than wait for each other."""
    monkeypatch.setattr(gathering, "CHANGES_AT_A_TIME", 4)
    whmcs.faults.always(LimitCapped(2), "GetClientsProducts")
    for number in range(PURCHASES):
        whmcs.shop.buy(
            first_name="Client", last_name=str(number), email=f"client{number}@example.com", plan="Team",
            password=f"correct horse {number}",
        )  # fmt: skip
    return whmcs


def test_all_of_them_are_applied(many_pages: SandboxServer, run: Sync) -> None:
    finished = run()
    assert (finished.outcome, finished.created) == ("complete", PURCHASES)
    assert run().unchanged == PURCHASES


def test_they_are_applied_where_a_later_page_is_refused(many_pages: SandboxServer, run: Sync) -> None:
    many_pages.faults.always(authentication_failed(), "GetClientsProducts", first=3)
    finished = run()
    assert finished.outcome == "failed"
    assert finished.created == Company.objects.count() > 0
