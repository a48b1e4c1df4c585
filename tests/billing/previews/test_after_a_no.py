"""After a no to companies losing access: their pages and a preview say what was answered and what happens next."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from billing import sync
from billing.models import HeldChanges, SyncRun, WhmcsGateway
from billing.steps.run.context import Limit
from companies import lifecycle
from companies.access import Reason
from companies.events import Actor, Code
from companies.models import Company, Event, User
from companies.standings.facts import access_of
from sandbox import Shop
from tests.billing.conftest import Approve, Sync
from tests.billing.previews.conftest import Apply, Make
from tests.billing.previews.kept import outcomes, records, shown
from tests.billing.shopping import buy, company_of, overdue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def until() -> date:
    return timezone.localdate() + timedelta(days=5)


@pytest.fixture
def kept(shop: Shop, run: Sync, until: date, operator: Client) -> list[int]:
    """Three of four customers whom WHMCS suspends or does not see pay; an operator says no to closing them."""
    WhmcsGateway.objects.update(mass_change_count=2)
    *services, _paid = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie", "Dora")]
    run()
    shop.suspend(services[0])
    shop.suspend(services[1])
    overdue(shop, services[2])
    run()
    held = HeldChanges.objects.get()
    typed = {"version": held.version, "until": until.isoformat(), "reason": "A slip in WHMCS"}
    operator.post(reverse("admin:billing_heldchanges_reject", args=[held.pk]), typed)
    run()
    return services


def page_of(client: Client, service: int, language: str = "en") -> str:
    path = reverse("admin:companies_company_change", args=[company_of(service).pk])
    return client.get(path, headers={"Accept-Language": language}).content.decode()


def are_open(services: list[int]) -> bool:
    return all(access_of(company_of(service)).is_open for service in services)


class TestTheCompanysPage:
    def test_says_what_was_answered_by_whom_and_what_happens_then(
        self, kept: list[int], until: date, operator: Client
    ) -> None:
        who, day = User.objects.get(is_superuser=True).email, date_format(until, "DATE_FORMAT")
        page = page_of(operator, kept[0])
        for text in (
            "Closing waits since", "No. Answered on ", f" by {who}.", "The reason given: A slip in WHMCS.",
            f"It stays open until {day}, whatever WHMCS says.",
            f"An operator ends keeping it open, or {day} has passed: billing decides again.",
        ):  # fmt: skip
            assert text in page
        for text in ("waits for approval since", "Then: Paid until", "If nothing changes"):
            assert text not in page

    def test_tells_in_the_story_of_no_yes_that_it_waits_for(self, kept: list[int], run: Sync) -> None:
        Company.objects.update(closing_held_since=None)  # as where only readings of single services asked
        run()
        told = Event.objects.filter(code=Code.CLOSING_HELD, company=company_of(kept[0])).latest("pk")
        assert told.reason == "An operator keeps it open"

    def test_says_no_more_of_a_no_that_somebody_ended(self, kept: list[int], operator: Client) -> None:
        company = company_of(kept[0])
        lifecycle.end_hold(company, reason="It is right", actor=Actor("somebody"), at=timezone.now())
        assert "No. Answered on" not in page_of(operator, kept[0])
        assert "No. Answered on" in page_of(operator, kept[1])

    def test_says_that_a_yes_is_still_to_be_carried_out(
        self, shop: Shop, run: Sync, approve: Approve, operator: Client
    ) -> None:
        services = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie")]
        run()
        for service in services:
            shop.suspend(service)
        run()
        approve()
        assert "Yes. Answered on" in page_of(operator, services[0])
        run()
        assert "Yes. Answered on" not in page_of(operator, services[0])


class TestAPreview:
    def test_shows_who_stays_open_and_asks_nothing_again(
        self, kept: list[int], operator: Client, gateway: WhmcsGateway, make: Make
    ) -> None:
        preview = make()
        assert shown(preview) == [("kept", service) for service in kept]
        assert (preview.figures["losing"], preview.figures["held"], preview.figures["questions"]) == (0, 3, [])
        path = reverse("admin:billing_whmcsgateway_preview", args=[gateway.pk, preview.pk])
        page = operator.get(path).content.decode()
        for text in (
            "Stays open after a no",
            "WHMCS would close 3 companies besides",
            "A slip in WHMCS. In force until",
        ):
            assert text in page
        for text in ("would lose access", "Apply exactly this"):
            assert text not in page

    def test_closes_none_of_them_when_it_is_applied(self, kept: list[int], make: Make, apply: Apply) -> None:
        finished = apply(preview := make())
        assert (finished.outcome, finished.held, finished.changed) == ("held", 3, 0)
        assert set(outcomes(preview).values()) == {""}
        assert records(finished) == {("losses_held", service) for service in kept}
        assert are_open(kept)

    def test_closes_none_of_them_though_the_no_has_ended_since_it_was_made(
        self, kept: list[int], make: Make, apply: Apply
    ) -> None:
        WhmcsGateway.objects.update(mass_change_count=10)
        preview = make()
        HeldChanges.objects.update(kept_until=timezone.localdate() - timedelta(days=1))
        apply(preview)
        assert {access_of(company_of(service)).reason for service in kept} == {Reason.HELD_OPEN}
        assert set(Company.objects.values_list("status", flat=True)) == {"active"}

    def test_closes_none_of_them_though_the_no_ends_while_it_is_applied(
        self, kept: list[int], gateway: WhmcsGateway, make: Make
    ) -> None:
        WhmcsGateway.objects.update(mass_change_count=10)
        preview = make()
        HeldChanges.objects.update(kept_until=timezone.localdate() - timedelta(days=1))
        limit = Limit(preview.pk, kept=frozenset(company_of(service).pk for service in kept))
        fresh = WhmcsGateway.objects.get(pk=gateway.pk)
        sync.sync_gateway(fresh, trigger=SyncRun.Trigger.OPERATOR, limit=limit)
        assert set(Company.objects.values_list("status", flat=True)) == {"active"}
