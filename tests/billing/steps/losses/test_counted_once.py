"""Each service counts once in a run, also one about which the run has two things to say."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import WhmcsGateway
from companies.access import Reason
from companies.standings.facts import access_of
from sandbox import SandboxServer, Shop
from tests.billing.conftest import Sync
from tests.billing.shopping import are_open, buy, company_of, counts, overdue, waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def late(gateway: WhmcsGateway, shop: Shop, run: Sync) -> list[int]:
    """Three services; for two of them to lose access waits for a yes."""
    ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie")]
    run()
    WhmcsGateway.objects.update(mass_change_count=1)
    return ids


def test_a_service_that_turns_active_with_a_date_in_the_past_counts_once_and_loses_nothing(
    shop: Shop, run: Sync, late: list[int]
) -> None:
    shop.suspend(late[0])
    run()
    shop.unsuspend(late[0])
    shop.move_due_date(late[0], timezone.localdate() - timedelta(days=10))
    for service_id in late[1:]:
        overdue(shop, service_id)
    told = run()
    assert (told.outcome, counts(told)) == ("held", {"seen": 3, "changed": 1, "held": 2})
    assert (waiting().figures["losing"], are_open(late)) == ("2", [False, True, True])
    assert access_of(company_of(late[0])).reason is Reason.OVERDUE


def test_a_service_with_an_unknown_status_also_counts_as_held_when_its_date_passes(
    whmcs: SandboxServer, shop: Shop, run: Sync, late: list[int]
) -> None:
    for service_id in late:
        overdue(shop, service_id)
        whmcs.faults.override_row(service_id, {"status": "active "})
    told = run()
    assert (told.outcome, counts(told)) == ("held", {"seen": 3, "held": 6})
    assert are_open(late) == [True, True, True]
