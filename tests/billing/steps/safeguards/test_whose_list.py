"""Whose list is this? A first import that is larger than anybody would expect, and a WHMCS that is another one."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from billing.decisions import approvals
from billing.models import Kind, RunRecord, Subscription, SyncRun, WhmcsGateway
from billing.steps.safeguards import first_import
from companies.access import State
from companies.events import Actor
from companies.models import Company, OutgoingMail
from companies.standings.facts import access_of
from sandbox import SandboxServer, Shop
from sandbox.faults import api_error, no_permission
from tests.billing.conftest import Approve, Sync
from tests.billing.shopping import buy, counts, open_kinds, waiting

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("Alice", "Bob", "Charlie", "Dora", "Eve", "Frank")


class TestAFirstImport:
    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(first_import, "UNASKED", 3)

    @pytest.fixture
    def strangers(self, shop: Shop) -> list[int]:
        return [buy(shop, name, plan="Team" if name < "D" else "Starter").id for name in NAMES]

    def test_of_few_is_done_without_asking(self, shop: Shop, run: Sync) -> None:
        for name in NAMES[:3]:
            buy(shop, name)
        assert counts(run()) == {"seen": 3, "created": 3}

    def test_of_more_creates_nobody_and_shows_what_it_would_do(self, strangers: list[int], run: Sync) -> None:
        held = run()
        assert (held.outcome, held.error_code, open_kinds()) == ("held", "first_import", {Kind.FIRST_IMPORT})
        assert not Company.objects.exists()
        figures = waiting().figures
        assert (figures["new"], figures["seen"], figures["plans"]) == (6, 6, {"Starter": 3, "Team": 3})
        assert [one["service"] for one in figures["first"]] == strangers

    def test_is_done_after_one_yes(self, strangers: list[int], run: Sync, approve: Approve) -> None:
        run()
        approve()
        assert counts(run()) == {"seen": 6, "created": 6}
        assert (run().outcome, open_kinds()) == ("complete", set())

    def test_that_has_grown_far_beyond_the_yes_asks_again(
        self, strangers: list[int], shop: Shop, run: Sync, approve: Approve
    ) -> None:
        run()
        approve()
        for number in range(4):
            buy(shop, f"Late{number}")
        assert run().outcome == "held"
        assert waiting().figures["new"] == 10

    def test_is_asked_about_no_more_once_there_are_companies(self, shop: Shop, run: Sync) -> None:
        buy(shop, "Alice")
        run()
        for name in NAMES[1:]:
            buy(shop, name)
        assert run().created == 5


class TestAnotherWhmcs:
    @pytest.fixture
    def known(self, shop: Shop, run: Sync) -> list[int]:
        ids = [buy(shop, name).id for name in NAMES]
        run()
        return ids

    @pytest.fixture
    def stranger(self, shop: Shop) -> Callable[[int], None]:
        def takes_over(service_id: int) -> None:
            client = shop.add_client(first_name="Mallory", last_name="X", email=f"mallory{service_id}@example.com")
            shop.move_service(service_id, client.id)

        return takes_over

    def renamed(self, whmcs: SandboxServer, *, also_the_address: bool) -> None:
        for client in list(whmcs.shop.clients.values()):
            changes = {"email": f"other{client.id}@example.com"} if also_the_address else {}
            whmcs.shop.edit_client(client.id, first_name=f"Other{client.id}", **changes)

    def given_other_addresses(self, whmcs: SandboxServer) -> None:
        """A test shop: the names are those of the real one, and nobody gets mail from it."""
        for client in list(whmcs.shop.clients.values()):
            whmcs.shop.edit_client(client.id, email=f"nobody{client.id}@test.example.com")

    def test_that_gives_known_services_to_other_clients_changes_nothing(
        self, known: list[int], shop: Shop, stranger: Callable[[int], None], run: Sync
    ) -> None:
        for service_id in known[:3]:
            stranger(service_id)
            shop.suspend(service_id)
        buy(shop, "Grace")
        held = run()
        assert (held.outcome, held.error_code, open_kinds()) == ("held", "other_whmcs", {Kind.OTHER_WHMCS})
        assert {access_of(company).state for company in Company.objects.select_related("source")} == {State.OPEN}
        assert Company.objects.count() == 6
        assert not RunRecord.objects.filter(run=held, result__in=("changed", "created")).exists()

    def test_with_other_people_under_the_same_numbers_changes_nothing(
        self, known: list[int], whmcs: SandboxServer, run: Sync
    ) -> None:
        self.renamed(whmcs, also_the_address=True)
        whmcs.shop.suspend(known[0])
        assert run().error_code == "other_whmcs"
        assert all(access_of(company).is_open for company in Company.objects.select_related("source"))
        assert set(Company.objects.values_list("name", flat=True)) == {f"{name} Smith" for name in NAMES}

    def test_with_other_addresses_under_the_same_names_changes_nothing(
        self, known: list[int], whmcs: SandboxServer, run: Sync
    ) -> None:
        self.given_other_addresses(whmcs)
        whmcs.shop.suspend(known[0])
        assert run().error_code == "other_whmcs"
        assert all(access_of(company).is_open for company in Company.objects.select_related("source"))

    def test_whose_addresses_are_read_in_their_turn_is_none_to_follow(
        self, known: list[int], whmcs: SandboxServer, run: Sync
    ) -> None:
        self.given_other_addresses(whmcs)
        Subscription.objects.update(details_read_at=timezone.now() - timedelta(days=2))
        assert run().error_code == "other_whmcs"
        assert not Company.objects.filter(email__contains="nobody").exists()

    def test_is_not_suspected_where_one_client_of_many_services_has_a_new_address(self, shop: Shop, run: Sync) -> None:
        first = buy(shop, "Alice")
        for _ in range(4):
            buy(shop, "Alice", client_id=first.client_id)
        buy(shop, "Bob")
        run()
        shop.edit_client(first.client_id, email="alice@elsewhere.example.com")
        Subscription.objects.update(details_read_at=timezone.now() - timedelta(days=2))
        shop.suspend(first.id)
        assert run().outcome == "complete"
        assert Company.objects.filter(email="alice@elsewhere.example.com").count() == 5

    def test_is_not_suspected_where_people_only_changed_their_names(
        self, known: list[int], whmcs: SandboxServer, run: Sync
    ) -> None:
        self.renamed(whmcs, also_the_address=False)
        whmcs.shop.suspend(known[0])
        assert run().outcome == "complete"

    def test_is_not_suspected_where_a_client_with_many_services_was_merged_into_another(
        self, shop: Shop, run: Sync
    ) -> None:
        first = buy(shop, "Alice")
        for _ in range(4):
            buy(shop, "Alice", client_id=first.client_id)
        other = buy(shop, "Bob")
        run()
        shop.merge_clients(first.client_id, other.client_id)
        run()
        assert open_kinds() == {Kind.CLIENT_CHANGED}

    def test_is_not_suspected_where_one_service_moved(
        self, known: list[int], stranger: Callable[[int], None], run: Sync
    ) -> None:
        stranger(known[0])
        run()
        assert open_kinds() == {Kind.CLIENT_CHANGED}

    def test_is_believed_after_a_yes(
        self, known: list[int], stranger: Callable[[int], None], run: Sync, approve: Approve
    ) -> None:
        for service_id in known[:3]:
            stranger(service_id)
        run()
        approve()
        assert run().changed == 3
        assert (run().outcome, open_kinds()) == ("complete", {Kind.CLIENT_CHANGED})

    def test_is_asked_about_once_though_the_addresses_were_read_just_now(
        self, known: list[int], whmcs: SandboxServer, run: Sync, approve: Approve
    ) -> None:
        self.given_other_addresses(whmcs)
        whmcs.shop.suspend(known[0])
        run()
        approve()
        assert run().outcome == "complete"
        buy(whmcs.shop, "Grace")
        assert (run().outcome, Company.objects.filter(name="Grace Smith").exists()) == ("complete", True)
        assert Company.objects.filter(email__contains="nobody").count() == len(NAMES)

    def test_has_its_other_addresses_read_too_in_the_run_after_a_yes(
        self, known: list[int], whmcs: SandboxServer, run: Sync, approve: Approve
    ) -> None:
        buy(whmcs.shop, client_id=whmcs.shop.services[known[0]].client_id, plan="Business")
        run()
        self.given_other_addresses(whmcs)
        Subscription.objects.update(details_read_at=timezone.now() - timedelta(days=2))
        run()
        approve()
        run()
        assert Company.objects.filter(email__contains="nobody").count() == len(NAMES) + 1

    @pytest.mark.parametrize("is_gone", [False, True])
    def test_is_not_suspected_where_clients_who_have_left_have_other_addresses_or_none(
        self, known: list[int], whmcs: SandboxServer, run: Sync, is_gone: bool
    ) -> None:
        for service_id in known[:4]:
            whmcs.shop.terminate(service_id)
        run()
        for client_id in sorted(whmcs.shop.clients)[:4]:
            whmcs.shop.edit_client(client_id, email=f"left{client_id}@example.com")
        if is_gone:
            gone = {"1", "2", "3", "4"}
            whmcs.faults.when(lambda call: call.params.get("clientid") in gone, api_error("Client Not Found"))
        Subscription.objects.filter(service_id__in=known[:4]).update(details_read_at=timezone.now())
        buy(whmcs.shop, "Grace")
        assert (run().outcome, Company.objects.filter(name="Grace Smith").exists()) == ("complete", True)

    def test_is_believed_no_more_than_before_after_a_no(
        self, known: list[int], stranger: Callable[[int], None], run: Sync
    ) -> None:
        for service_id in known[:3]:
            stranger(service_id)
        run()
        held = waiting()
        approvals.reject(
            held, version=held.version, until=date.max, reason="A copy", actor=Actor("me"), at=timezone.now()
        )
        assert not WhmcsGateway.objects.get().is_enabled
        assert Company.objects.filter(hold_until__isnull=False).count() == 0

    def test_is_looked_for_by_the_services_alone_where_clients_may_not_be_read(
        self, known: list[int], whmcs: SandboxServer, run: Sync
    ) -> None:
        whmcs.faults.always(no_permission(), "GetClientsDetails")
        whmcs.shop.suspend(known[0])
        assert run().changed == 1

    def test_gives_nobody_mail(self, known: list[int], stranger: Callable[[int], None], run: Sync) -> None:
        mails = OutgoingMail.objects.exclude(kind="alert").count()
        for service_id in known:
            stranger(service_id)
        run()
        assert OutgoingMail.objects.exclude(kind="alert").count() == mails


def test_answers_of_another_form_are_no_reason_to_touch_anybody(whmcs: SandboxServer, run: Sync) -> None:
    ids = [buy(whmcs.shop, name).id for name in NAMES]
    run()
    for service_id in ids[:4]:
        whmcs.faults.override_row(service_id, {"nextduedate": "sometime"})
    held = run()
    assert (held.outcome, held.error_code) == ("held", "format_changed")
    assert all(access_of(company).is_open for company in Company.objects.select_related("source"))
    assert SyncRun.objects.filter(outcome="complete").count() == 1
