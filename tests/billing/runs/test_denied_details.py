"""A role that may list services and not read clients: what that stops, and what not."""

import pytest

from billing.models import AttentionItem, Kind
from companies.models import Company
from sandbox import SandboxServer, Shop, faults
from tests.billing.runs.ticking import DETAILS, MINUTE, Scheduled, pause
from tests.billing.shopping import buy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_pauses")]


class TestDetailsThatTheRoleLacks:
    def test_stop_no_updates_of_old_companies_and_are_asked_for_no_more(
        self, whmcs: SandboxServer, shop: Shop, tick: Scheduled
    ) -> None:
        old = [buy(shop, name) for name in ("Ana", "Ben", "Cem")]
        tick()
        whmcs.faults.always(faults.no_permission(), DETAILS)
        shop.suspend(old[0].id)
        shop.renew(old[1].id)
        shop.change_plan(old[2].id, "Business")
        for number in range(18):
            buy(shop, f"New{number}")
        asked = len(whmcs.requests)
        finished = tick()
        assert (finished.outcome, finished.changed, finished.failed) == ("partial", 3, 18)
        assert Company.objects.filter(status="suspended").count() == 1
        assert Company.objects.filter(plan__name="Business").count() == 1
        assert Company.objects.filter(due_date=shop.services[old[1].id].next_due_date).exists()
        assert AttentionItem.objects.filter(kind=Kind.DETAILS_FAILED, closed_at=None).count() == 18
        # As many as are asked for at a time; the first answer is the last word.
        assert [request.action for request in whmcs.requests[asked:]].count(DETAILS) <= 6
        assert pause() == 5 * MINUTE

    def test_leave_the_next_run_to_open_the_doors(self, whmcs: SandboxServer, shop: Shop, tick: Scheduled) -> None:
        buy(shop, "Ana")
        whmcs.faults.times(1, faults.no_permission(), DETAILS)
        assert tick().outcome == "partial"
        assert tick().outcome == "complete"
        assert Company.objects.count() == 1
        assert not AttentionItem.objects.filter(closed_at=None).exists()
