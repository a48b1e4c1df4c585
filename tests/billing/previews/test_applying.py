"""A preview that is applied does exactly what it shows, and waits for a yes where a run would."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.errors import ErrorCode, PreviewUnusable, RunInProgress
from billing.models import HeldChanges, Kind, StoredPreview, Subscription, WhmcsGateway
from billing.runs.lease import claim
from companies.access import Reason
from companies.models import Company
from companies.standings.facts import access_of
from plans.models import Plan
from sandbox import SandboxServer, Shop
from tests.billing.conftest import Sync
from tests.billing.previews.conftest import Apply, Make
from tests.billing.previews.kept import outcomes, records
from tests.billing.shopping import buy, company_of, open_kinds, overdue, state

pytestmark = pytest.mark.django_db(transaction=True)


class TestApplying:
    def test_does_what_is_shown_and_concludes_as_any_run(self, shop: Shop, run: Sync, make: Make, apply: Apply) -> None:
        ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie", "Dora", "Eve", "Frank")]
        run()
        overdue(shop, ids[0])
        shop.suspend(ids[1])
        shop.change_plan(ids[2], "Business")
        shop.delete_service(ids[3])
        new = buy(shop, "Grace").id
        WhmcsGateway.objects.update(mass_change_percent=50)
        preview = make()
        finished = apply(preview)
        assert (finished.outcome, set(outcomes(preview).values())) == ("complete", {"applied"})
        assert company_of(new).plan.name == "Team"
        assert [access_of(company_of(pk)).reason for pk in ids[:2]] == [Reason.OVERDUE, Reason.SUSPENDED]
        assert Subscription.objects.get(service_id=ids[3]).vanished_at is not None
        assert records(run()) == set()

    def test_leaves_what_came_later_to_the_next_run(self, shop: Shop, run: Sync, make: Make, apply: Apply) -> None:
        alice = buy(shop, "Alice").id
        preview = make()
        bob = buy(shop, "Bob").id
        finished = apply(preview)
        assert (finished.outcome, records(finished)) == ("held", {("provision", alice), ("not_previewed", bob)})
        assert (finished.seen, finished.created, finished.held) == (2, 1, 1)
        assert Company.objects.count() == 1
        assert run().created == 1

    def test_twice_does_nothing_the_second_time(self, shop: Shop, run: Sync, make: Make, apply: Apply) -> None:
        service = buy(shop).id
        run()
        shop.change_plan(service, "Business")
        preview = make()
        apply(preview)
        before = state()
        assert apply(preview).changed == 0
        assert (state(), outcomes(preview)) == (before, {service: "applied"})

    def test_what_another_run_has_done_is_so_already(self, shop: Shop, run: Sync, make: Make, apply: Apply) -> None:
        ids = [buy(shop, name).id for name in ("Alice", "Bob")]
        run()
        shop.change_plan(ids[0], "Business")
        overdue(shop, ids[1])
        preview = make()
        run()
        assert (apply(preview).outcome, set(outcomes(preview).values())) == ("complete", {"already"})

    def test_works_on_a_gateway_that_is_not_enabled_yet(
        self, shop: Shop, gateway: WhmcsGateway, make: Make, apply: Apply
    ) -> None:
        WhmcsGateway.objects.update(is_enabled=False)
        service = buy(shop).id
        assert apply(make()).created == 1
        assert access_of(company_of(service)).is_open

    def test_reads_each_loss_a_second_time(self, whmcs: SandboxServer, run: Sync, make: Make, apply: Apply) -> None:
        service = buy(whmcs.shop).id
        run()
        whmcs.shop.suspend(service)
        preview = make()
        asked = len(whmcs.requests)
        apply(preview)
        assert str(service) in [request.params.get("serviceid") for request in whmcs.requests[asked:]]

    def test_waits_while_another_run_reads(self, shop: Shop, make: Make, apply: Apply) -> None:
        buy(shop)
        preview = make()
        with claim(preview.gateway), pytest.raises(RunInProgress):
            apply(preview)
        preview.refresh_from_db()
        assert (preview.state, preview.begun_at) == ("applying", None)

    def test_is_refused_a_day_later_and_after_a_setting_was_changed(self, shop: Shop, make: Make, apply: Apply) -> None:
        buy(shop)
        old, other = make(), make()
        StoredPreview.objects.filter(pk=old.pk).update(made_at=timezone.now() - timedelta(hours=25))
        with pytest.raises(PreviewUnusable):
            apply(old)
        Plan.objects.create(name="Another")
        with pytest.raises(PreviewUnusable):
            apply(other)
        assert set(StoredPreview.objects.values_list("state", flat=True)) == {"outdated"}
        assert not Company.objects.exists()


class TestManyAtOnce:
    @pytest.fixture
    def services(self, shop: Shop, run: Sync) -> list[int]:
        ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie")]
        run()
        for service_id in ids:
            shop.suspend(service_id)
        return ids

    def test_wait_for_a_yes_as_in_any_run(self, services: list[int], make: Make, apply: Apply) -> None:
        preview = make()
        assert [question["code"] for question in preview.figures["questions"]] == [ErrorCode.UNSAFE_CHANGE_SET]
        assert apply(preview).outcome == "held"
        assert set(outcomes(preview).values()) == {"held"}
        assert open_kinds() == {Kind.LOSSES_HELD}

    def test_are_done_at_once_with_a_yes_to_the_preview(self, services: list[int], make: Make, apply: Apply) -> None:
        preview = make()
        assert apply(preview, with_yes=True).outcome == "complete"
        assert not any(access_of(company_of(service_id)).is_open for service_id in services)
        given = HeldChanges.objects.get()
        assert (given.verdict, given.decided_label, given.closed_at is not None) == ("approved", "somebody", True)
        assert given.figures["people"] == 3

    def test_a_yes_is_good_for_no_other_company(
        self, services: list[int], shop: Shop, make: Make, apply: Apply, run: Sync
    ) -> None:
        shop.unsuspend(services[0])
        WhmcsGateway.objects.update(mass_change_count=0, mass_change_percent=0)
        preview = make()
        shop.suspend(services[0])
        apply(preview, with_yes=True)
        assert [access_of(company_of(service_id)).is_open for service_id in services] == [True, False, False]
        assert run().outcome == "held"
        assert access_of(company_of(services[0])).is_open

    def test_a_first_import_waits_or_is_approved_with_the_preview(
        self, shop: Shop, make: Make, apply: Apply, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("billing.steps.safeguards.first_import.UNASKED", 2)
        monkeypatch.setattr("billing.previews.questions.UNASKED", 2)
        for name in ("Alice", "Bob", "Charlie"):
            buy(shop, name)
        preview = make()
        assert apply(preview).error_code == ErrorCode.FIRST_IMPORT
        assert not Company.objects.exists()
        assert apply(preview, with_yes=True).created == 3
