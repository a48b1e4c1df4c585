"""A sync as the operator and the customers see it: a WHMCS over HTTP on one side, our rows on the other."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import F

from billing.models import AttentionItem, Kind, RunRecord, Subscription, SyncRun, WhmcsGateway
from billing.sync import sync_gateway
from billing.wording.attention import explain
from companies.models import Company, Event, Membership, User
from plans.models import Plan
from sandbox import SandboxServer, Shop
from tests.billing.conftest import Sync
from tests.billing.factories import gateway_for
from tests.billing.shopping import PASSWORD, buy, counts, open_kinds, state

pytestmark = pytest.mark.django_db(transaction=True)


def test_whmcs_is_told_which_version_calls(whmcs: SandboxServer, run: Sync) -> None:
    run()
    assert {call.headers["User-Agent"] for call in whmcs.requests} == {f"Ticketz/{settings.VERSION}"}


class TestAPurchase:
    def test_becomes_a_company_on_its_plan_with_an_owner_who_can_sign_in(self, shop: Shop, run: Sync) -> None:
        service = buy(shop, "Alice", phone="+44 1", language="english")
        finished = run()
        company = Company.objects.get()
        assert (finished.outcome, counts(finished)) == ("complete", {"seen": 1, "created": 1})
        assert (company.name, company.plan.name, company.due_date) == ("Alice Smith", "Team", service.next_due_date)
        owner = Membership.objects.get(company=company, role="owner").user
        assert authenticate(username="ALICE@example.com", password=PASSWORD) == owner
        assert authenticate(username="alice@example.com", password=PASSWORD.strip("<>")) is None

    @pytest.mark.parametrize(
        "password", ["a&b<c>\"d'e", "&amp;x", "&amp;xyz", " spaces ", "🔑🔑🔑🔑🔑🔑", "pässwörd", "x" * 200]
    )
    def test_what_was_typed_opens_the_door(self, whmcs: SandboxServer, run: Sync, password: str) -> None:
        buy(whmcs.shop, password=password)
        run()
        assert authenticate(username="alice@example.com", password=password) is not None

    def test_a_second_run_writes_nothing_and_asks_for_no_details(self, whmcs: SandboxServer, run: Sync) -> None:
        for name in ("Alice", "Bob"):
            buy(whmcs.shop, name)
        buy(whmcs.shop, "Charlie", paid=False)
        run()
        before, asked = state(), len(whmcs.requests)
        finished = run()
        assert counts(finished) == {"seen": 3, "unchanged": 3}
        assert state() == before
        assert {request.action for request in whmcs.requests[asked:]} == {"getclientsproducts"}

    def test_waits_for_nobody_when_the_password_is_missing(self, shop: Shop, run: Sync) -> None:
        buy(shop, password="")
        assert run().created == 1
        assert open_kinds() == {Kind.PASSWORD_NEEDED}
        assert not User.objects.get().has_usable_password()

    @pytest.mark.parametrize("password", ["123456", "short", "alice@example.com"])
    def test_a_password_anybody_would_guess_opens_nothing(self, shop: Shop, run: Sync, password: str) -> None:
        buy(shop, password=password)
        run()
        assert authenticate(username="alice@example.com", password=password) is None
        assert open_kinds() == {Kind.PASSWORD_NEEDED}

    def test_of_a_nameless_client_is_named_by_the_address(self, shop: Shop, run: Sync) -> None:
        buy(shop, first_name="", last_name="")
        run()
        assert Company.objects.get().name == "alice@example.com"
        assert open_kinds() == {Kind.NAME_MISSING}

    def test_of_a_client_with_a_broken_name_is_provisioned_and_listed(self, shop: Shop, run: Sync) -> None:
        buy(shop, first_name="N\0ia", last_name="O\ud83dz")
        finished = run()
        assert (finished.outcome, counts(finished)) == ("complete", {"seen": 1, "created": 1})
        assert Company.objects.get().name == User.objects.get().name == "N\ufffdia O\ufffdz"
        assert open_kinds() == {Kind.NAME_BROKEN}
        assert "N\ufffdia O\ufffdz" in explain(AttentionItem.objects.get())
        assert counts(run()) == {"seen": 1, "unchanged": 1}
        assert open_kinds() == {Kind.NAME_BROKEN}

    def test_of_a_client_whose_name_can_t_be_read_at_all_is_named_by_the_address(self, shop: Shop, run: Sync) -> None:
        buy(shop, first_name="\0", last_name="\ud83d")
        run()
        assert Company.objects.get().name == "alice@example.com"
        assert open_kinds() == {Kind.NAME_MISSING}

    def test_can_be_named_like_the_clients_company(self, shop: Shop, gateway: WhmcsGateway, run: Sync) -> None:
        WhmcsGateway.objects.update(prefer_company_name=True)
        buy(shop, company="Smith & Sons")
        run()
        assert Company.objects.get().name == "Smith & Sons"

    def test_that_is_not_paid_provisions_nothing_until_it_is(self, shop: Shop, run: Sync) -> None:
        service = buy(shop, paid=False)
        assert counts(run()) == {"seen": 1, "unchanged": 1}
        shop.pay(service.id)
        assert counts(run()) == {"seen": 1, "created": 1}

    def test_is_not_repeated_by_the_password_changed_later_in_whmcs(self, shop: Shop, run: Sync) -> None:
        service = buy(shop)
        run()
        shop.edit_service(service.id, first_password="another one entirely")
        run()
        assert authenticate(username="alice@example.com", password=PASSWORD) is not None
        assert authenticate(username="alice@example.com", password="another one entirely") is None


class TestAPlan:
    def test_spelled_otherwise_waits_and_goes_on_once_it_exists(self, shop: Shop, run: Sync) -> None:
        buy(shop, plan="Team ")
        held = run()
        assert (held.outcome, counts(held), open_kinds()) == ("held", {"seen": 1, "held": 1}, {Kind.PLAN_UNKNOWN})
        Plan.objects.create(name="Team ", users=2)
        assert counts(run()) == {"seen": 1, "created": 1}
        assert open_kinds() == set()

    def test_unknown_after_an_upgrade_leaves_the_company_its_plan(self, shop: Shop, run: Sync) -> None:
        service = buy(shop)
        run()
        shop.change_plan(service.id, "team")
        assert run().held == 1
        assert Company.objects.get().plan.name == "Team"

    def test_follows_an_upgrade(self, shop: Shop, run: Sync) -> None:
        service = buy(shop)
        run()
        shop.change_plan(service.id, "Business")
        assert counts(run()) == {"seen": 1, "changed": 1}
        assert Company.objects.get().plan.name == "Business"
        event = Event.objects.filter(code="billing_changed").get()
        assert (event.before, event.after) == ({"plan": "Team"}, {"plan": "Business"})

    def test_renamed_here_is_listed_by_the_next_run_and_companies_keep_it(self, shop: Shop, run: Sync) -> None:
        buy(shop)
        run()
        Plan.objects.filter(name="Team").update(name="Crew")
        assert run().held == 1
        assert Company.objects.get().plan.name == "Crew"


class TestTwoGateways:
    def test_with_equal_numbers_are_two_worlds(self, whmcs: SandboxServer, run: Sync) -> None:
        buy(whmcs.shop, "Alice")
        run()
        with SandboxServer() as other:
            buy(other.shop, "Zoe")
            second = gateway_for(other, "Other")
            sync_gateway(second, trigger=SyncRun.Trigger.COMMAND)
        assert set(Company.objects.values_list("name", flat=True)) == {"Alice Smith", "Zoe Smith"}
        assert Subscription.objects.filter(service_id=1).count() == 2


class TestContacts:
    def test_names_and_addresses_follow_within_a_day_but_the_sign_in_stays(self, shop: Shop, run: Sync) -> None:
        service = buy(shop)
        run()
        shop.edit_client(service.client_id, first_name="Alicia", email="new@example.com")
        Subscription.objects.update(details_read_at=F("details_read_at") - timedelta(days=2))
        run()
        company = Company.objects.get()
        assert (company.name, company.email) == ("Alicia Smith", "new@example.com")
        assert User.objects.get().email == "alice@example.com"

    def test_that_are_odd_keep_nobody_from_a_company_and_leave_what_stands_here(
        self, whmcs: SandboxServer, run: Sync
    ) -> None:
        whmcs.faults.override_client(1, {"phonenumber": {"a": "1"}})
        service = buy(whmcs.shop)
        assert run().created == 1
        whmcs.faults.clear()
        buy(whmcs.shop, "Bob", phone="+44 1")
        run()
        whmcs.faults.override_client(2, {"phonenumber": [1], "lastname": "Odd"})
        whmcs.shop.edit_client(service.client_id, first_name="Alicia")
        Subscription.objects.update(details_read_at=F("details_read_at") - timedelta(days=2))
        run()
        known = Company.objects.order_by("pk").values_list("name", "phone")
        assert list(known) == [("Alicia Smith", ""), ("Bob Odd", "+44 1")]


class TestTheReport:
    def test_has_one_record_for_each_change_refusal_and_failure(self, shop: Shop, run: Sync) -> None:
        buy(shop, "Alice")
        buy(shop, "Bob", plan="team")
        buy(shop, "Charlie", email="not an address")
        finished = run()
        records = set(RunRecord.objects.filter(run=finished).values_list("result", "code"))
        assert records == {("created", "provision"), ("held", "plan_unknown"), ("failed", "bad_client")}
        assert finished.outcome == "partial"
        assert finished.attention == 2
