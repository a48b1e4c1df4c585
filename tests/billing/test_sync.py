"""A sync as the operator and the customers see it: a WHMCS over HTTP on one side, our rows on the other."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import F
from django.utils import timezone

from billing.models import Kind, RunRecord, Subscription, WhmcsGateway
from companies.access import State
from companies.models import Company, Event, Invitation, Membership, User
from companies.standings.facts import access_of
from plans.models import Plan
from sandbox import SandboxServer, Shop
from sandbox.faults import Hidden, OverrideRow
from tests.billing.conftest import Approve, Sync
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


class TestBadNews:
    def test_a_suspension_is_read_twice_and_then_blocks(self, whmcs: SandboxServer, run: Sync) -> None:
        service = buy(whmcs.shop)
        run()
        whmcs.shop.suspend(service.id)
        asked = len(whmcs.requests)
        assert counts(run()) == {"seen": 1, "changed": 1}
        assert [request.params.get("serviceid") for request in whmcs.requests[asked:]][-1] == str(service.id)
        assert access_of(Company.objects.get()).state is State.BLOCKED

    def test_it_is_back_as_soon_as_it_is_paid(self, shop: Shop, run: Sync) -> None:
        service = buy(shop)
        run()
        shop.suspend(service.id)
        run()
        shop.unsuspend(service.id)
        run()
        assert access_of(Company.objects.get()).state is State.OPEN

    def test_for_all_of_three_waits_for_a_yes_while_good_news_goes_on(
        self, shop: Shop, run: Sync, approve: Approve
    ) -> None:
        services = [buy(shop, name) for name in ("Alice", "Bob", "Charlie")]
        run()
        for service in services:
            shop.suspend(service.id)
        buy(shop, "Dora")
        held = run()
        assert (held.outcome, counts(held)) == ("held", {"seen": 4, "created": 1, "held": 3})
        assert all(access_of(company).is_open for company in Company.objects.all())
        assert open_kinds() == {Kind.LOSSES_HELD}
        assert approve() == 1
        assert counts(run()) == {"seen": 4, "changed": 3, "unchanged": 1}
        assert open_kinds() == set()

    def test_due_dates_that_passed_in_an_outage_close_many_only_after_a_yes(
        self, shop: Shop, run: Sync, approve: Approve
    ) -> None:
        services = [buy(shop, name) for name in ("Alice", "Bob", "Charlie")]
        run()
        long_ago = timezone.now() - timedelta(days=10)
        for service in services:
            shop.move_due_date(service.id, long_ago.date())
        Subscription.objects.update(due_date=long_ago.date())
        Company.objects.update(due_date=long_ago.date())
        WhmcsGateway.objects.update(confirmed_at=long_ago)
        held = run()
        assert (held.outcome, counts(held), open_kinds()) == ("held", {"seen": 3, "held": 3}, {Kind.LOSSES_HELD})
        assert all(access_of(company).is_open for company in Company.objects.all())
        approve()
        assert run().outcome == "complete"
        assert not any(access_of(company).is_open for company in Company.objects.all())

    def test_a_deleted_service_vanishes_and_its_company_stays_open(self, shop: Shop, run: Sync) -> None:
        services = [buy(shop, name) for name in ("Alice", "Bob", "Charlie", "Dora")]
        run()
        shop.delete_service(services[0].id)
        run()
        assert open_kinds() == {Kind.VANISHED}
        assert all(access_of(company).is_open for company in Company.objects.all())
        assert run().outcome == "complete"

    def test_a_service_that_is_there_again_as_it_was_has_not_vanished_any_more(self, shop: Shop, run: Sync) -> None:
        services = [buy(shop, name) for name in ("Alice", "Bob", "Charlie", "Dora")]
        run()
        shop.delete_service(services[0].id)
        run()
        assert open_kinds() == {Kind.VANISHED}
        with shop.change():
            shop.services[services[0].id] = services[0]
        assert run().outcome == "complete"
        assert (open_kinds(), Subscription.objects.exclude(vanished_at=None).exists()) == (set(), False)

    def test_an_order_that_never_became_a_company_goes_without_a_word(self, shop: Shop, run: Sync) -> None:
        service = buy(shop, paid=False)
        run()
        shop.delete_service(service.id)
        assert (run().outcome, open_kinds()) == ("complete", set())
        assert Subscription.objects.exclude(vanished_at=None).exists()

    def test_an_empty_list_takes_nothing_from_anybody(self, shop: Shop, gateway: WhmcsGateway, run: Sync) -> None:
        services = [buy(shop, name) for name in ("Alice", "Bob", "Charlie")]
        run()
        read_at = WhmcsGateway.objects.get().confirmed_at
        for service in services:
            shop.delete_service(service.id)
        assert run().outcome == "held"
        assert not Subscription.objects.exclude(vanished_at=None).exists()
        assert WhmcsGateway.objects.get().confirmed_at == read_at

    def test_the_first_good_reading_after_an_empty_list_leaves_nothing_to_do(
        self, shop: Shop, whmcs: SandboxServer, run: Sync
    ) -> None:
        for name in ("Alice", "Bob", "Charlie"):
            buy(shop, name)
        run()
        whmcs.faults.always(Hidden())
        assert (run().outcome, open_kinds()) == ("held", {Kind.MANY_ABSENT})
        whmcs.faults.clear()
        assert (run().outcome, open_kinds()) == ("complete", set())

    def test_a_service_moved_to_another_product_is_followed(self, shop: Shop, run: Sync) -> None:
        service = buy(shop)
        run()
        shop.edit_service(service.id, pid=3)
        run()
        assert access_of(Company.objects.get()).is_open
        assert open_kinds() >= {Kind.PRODUCT_CHANGED}

    def test_one_odd_answer_about_a_moved_service_keeps_no_other_from_being_followed(
        self, shop: Shop, whmcs: SandboxServer, run: Sync
    ) -> None:
        alice, bob = buy(shop, "Alice"), buy(shop, "Bob")
        for name in ("Charlie", "Dora", "Eve"):
            buy(shop, name)
        run()
        for service in (alice, bob):
            shop.edit_service(service.id, pid=3)
        shop.suspend(bob.id)
        whmcs.faults.always(OverrideRow(alice.id, {"id": 999}))
        assert run().outcome == "partial"
        assert dict(Subscription.objects.values_list("service_id", "status"))[bob.id] == "Suspended"
        assert open_kinds() >= {Kind.GATEWAY_ERROR, Kind.PRODUCT_CHANGED}

    def test_one_that_was_moved_and_suspended_is_blocked_in_the_same_run(self, shop: Shop, run: Sync) -> None:
        service = buy(shop)
        run()
        shop.edit_service(service.id, pid=3)
        shop.suspend(service.id)
        assert counts(run()) == {"seen": 1, "changed": 1}
        assert access_of(Company.objects.get()).state is State.BLOCKED


class TestPeopleWhoAreHereAlready:
    def test_the_same_client_buying_again_owns_both_companies(self, shop: Shop, run: Sync) -> None:
        first = buy(shop)
        run()
        buy(shop, client_id=first.client_id, password="a different password")
        run()
        assert Membership.objects.filter(user=User.objects.get(), role="owner").count() == 2
        assert authenticate(username="alice@example.com", password=PASSWORD) is not None

    def test_another_client_with_that_address_leads_to_an_invitation(self, shop: Shop, run: Sync) -> None:
        buy(shop)
        run()
        buy(shop, email="Alice@Example.com", password="the attacker's password")
        run()
        assert Invitation.objects.get().email == "alice@example.com"
        assert open_kinds() == {Kind.OWNER_INVITED}
        assert authenticate(username="alice@example.com", password="the attacker's password") is None

    def test_an_operators_account_is_never_touched(self, shop: Shop, run: Sync) -> None:
        root = User.objects.create_superuser("alice@example.com", "operator's password")
        buy(shop)
        assert run().created == 1
        assert not Membership.objects.filter(user=root).exists()
        assert not Invitation.objects.exists()
        assert open_kinds() == {Kind.OWNER_IS_OPERATOR}

    def test_a_new_purchase_reopens_the_company_of_a_client_whose_services_have_ended(
        self, shop: Shop, run: Sync
    ) -> None:
        first = buy(shop)
        run()
        shop.terminate(first.id)
        run()
        buy(shop, client_id=first.client_id, plan="Business", password="another password")
        assert counts(run()) == {"seen": 2, "changed": 1, "unchanged": 1}
        company = Company.objects.get()
        assert (company.plan.name, access_of(company).state) == ("Business", State.OPEN)
        assert authenticate(username="alice@example.com", password=PASSWORD) is not None

    def test_a_purchase_in_the_moment_in_which_the_old_service_comes_back_is_a_company_of_its_own(
        self, shop: Shop, run: Sync
    ) -> None:
        first = buy(shop)
        run()
        shop.terminate(first.id)
        run()
        shop.activate(first.id)
        second = buy(shop, client_id=first.client_id, plan="Business")
        run()
        plans = dict(Subscription.objects.values_list("service_id", "company__plan__name"))
        assert plans == {first.id: "Team", second.id: "Business"}

    def test_a_new_purchase_reopens_a_company_whose_service_went_from_fraud_back_to_pending(
        self, shop: Shop, run: Sync
    ) -> None:
        first = buy(shop)
        run()
        shop.mark_fraud(first.id)
        run()
        shop.set_back_to_pending(first.id)
        run()
        assert access_of(Company.objects.get()).state is State.BLOCKED
        buy(shop, client_id=first.client_id)
        run()
        assert access_of(Company.objects.get()).state is State.OPEN

    def test_the_suspected_service_itself_opens_its_company_when_it_is_cleared(self, shop: Shop, run: Sync) -> None:
        first = buy(shop)
        run()
        shop.mark_fraud(first.id)
        run()
        shop.set_back_to_pending(first.id)
        run()
        shop.activate(first.id)
        run()
        assert access_of(Company.objects.get()).state is State.OPEN
        assert authenticate(username="alice@example.com", password=PASSWORD) is not None

    def test_merged_clients_keep_both_companies_and_both_owners(self, shop: Shop, run: Sync) -> None:
        alice, bob = buy(shop, "Alice"), buy(shop, "Bob")
        run()
        owners = set(Membership.objects.values_list("company_id", "user_id"))
        shop.merge_clients(alice.client_id, bob.client_id)
        run()
        assert open_kinds() == {Kind.CLIENT_CHANGED}
        assert set(Membership.objects.values_list("company_id", "user_id")) == owners
        assert all(access_of(company).is_open for company in Company.objects.all())
        assert run().outcome == "complete"


class TestTwoGateways:
    def test_with_equal_numbers_are_two_worlds(self, whmcs: SandboxServer, run: Sync) -> None:
        buy(whmcs.shop, "Alice")
        run()
        with SandboxServer() as other:
            buy(other.shop, "Zoe")
            second = gateway_for(other, "Other")
            from billing import sync

            sync.sync_gateway(second, trigger="command")  # type: ignore[arg-type]
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
