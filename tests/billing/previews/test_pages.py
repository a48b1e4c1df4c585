"""Previews in the administration and on the command line: who may, what is shown, what is written down."""

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from kombu.exceptions import OperationalError

from billing import tasks
from billing.models import HeldChanges, PreviewedChange, StoredPreview, WhmcsGateway
from billing.previews import stored
from billing.recovery import pauses
from billing.tick import tick
from companies.models import AuditEntry, Company, User
from plans.models import Plan
from sandbox import SandboxServer, Shop
from sandbox.faults import OverrideRow
from tests.billing.conftest import Sync
from tests.billing.factories import make_gateway
from tests.billing.shopping import PASSWORD, buy
from tests.companies.factories import helper

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


def url(name: str, *args: int) -> str:
    return reverse(f"admin:billing_whmcsgateway_{name}", args=args)


def make(client: Client, gateway: WhmcsGateway) -> StoredPreview:
    answer = client.post(url("make_preview", gateway.pk))
    preview = StoredPreview.objects.latest("pk")
    assert answer["Location"] == url("preview", gateway.pk, preview.pk)
    return preview


def press_apply(client: Client, preview: StoredPreview, **typed: Any) -> int:
    form = {"preview": preview.pk, **typed}
    return client.post(url("apply_preview", preview.gateway_id), form).status_code


def shown(client: Client, preview: StoredPreview, query: str = "") -> str:
    return client.get(url("preview", preview.gateway_id, preview.pk) + query).content.decode()


class TestThePage:
    def test_the_first_that_is_applied_switches_a_new_gateway_on(
        self, shop: Shop, gateway: WhmcsGateway, operator: Client
    ) -> None:
        WhmcsGateway.objects.update(is_enabled=False)
        buy(shop, "Alice")
        preview = make(operator, gateway)
        assert not WhmcsGateway.objects.get().is_enabled
        press_apply(operator, preview)
        assert Company.objects.count() == 1
        assert WhmcsGateway.objects.get().is_enabled
        WhmcsGateway.objects.update(is_enabled=False)
        press_apply(operator, preview)
        assert not WhmcsGateway.objects.get().is_enabled

    def test_of_a_product_of_which_nothing_was_read_says_that_its_code_may_be_wrong(
        self, shop: Shop, gateway: WhmcsGateway, operator: Client
    ) -> None:
        buy(shop, "Alice")
        WhmcsGateway.objects.update(product_code=99)
        page = shown(operator, make(operator, gateway))
        assert "WHMCS has no service of this product. If somebody bought it already, the product code is" in page
        assert "all is as WHMCS says" not in page

    def test_leads_to_the_client_of_who_has_no_company_yet(
        self, shop: Shop, gateway: WhmcsGateway, operator: Client
    ) -> None:
        service = buy(shop, "Alice")
        page = shown(operator, make(operator, gateway))
        assert f"/admin/clientssummary.php?userid={service.client_id}" in page
        assert f"Client {service.client_id} in WHMCS" in page

    def test_shows_before_and_after_of_each_and_applies_it(
        self, shop: Shop, gateway: WhmcsGateway, run: Sync, operator: Client
    ) -> None:
        ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie")]
        run()
        shop.change_plan(ids[0], "Business")
        shop.suspend(ids[1])
        preview = make(operator, gateway)
        page = shown(operator, preview)
        for text in (
            "Alice Smith",
            "Team → Business",
            "active → suspended",
            "1 company would lose access (people: 1)",
        ):
            assert text in page
        assert "Alice Smith" not in shown(operator, preview, "?kind=lose")
        assert press_apply(operator, preview) == 302
        page = shown(operator, preview)
        assert page.count(">Applied<") == 4  # a tile, a filter and two changes
        assert Company.objects.get(name="Alice Smith").plan.name == "Business"
        codes = set(AuditEntry.objects.filter(code__startswith="preview").values_list("code", "about"))
        assert codes == {("preview_made", "Shop"), ("preview_applied", "Shop")}

    def test_shows_what_drifted_and_what_it_would_be_now(
        self, shop: Shop, gateway: WhmcsGateway, run: Sync, operator: Client
    ) -> None:
        service = buy(shop).id
        run()
        shop.change_plan(service, "Business")
        preview = make(operator, gateway)
        shop.change_plan(service, "Starter")
        press_apply(operator, preview)
        page = shown(operator, preview, "?outcome=drifted")
        assert "Not applied: it would be something else now" in page
        assert "Team → Starter" in page
        assert Company.objects.get().plan.name == "Team"

    def test_says_when_it_can_not_be_applied_any_more(
        self, shop: Shop, gateway: WhmcsGateway, operator: Client
    ) -> None:
        buy(shop)
        preview = make(operator, gateway)
        assert "Apply exactly this" in shown(operator, preview)
        Plan.objects.create(name="Another")
        assert "Apply exactly this" not in shown(operator, preview)
        press_apply(operator, preview)
        assert not Company.objects.exists()

    def test_offers_to_be_applied_once_more_only_while_something_of_it_is_left(
        self, shop: Shop, gateway: WhmcsGateway, operator: Client
    ) -> None:
        buy(shop)
        preview = make(operator, gateway)
        press_apply(operator, preview)
        assert "Apply exactly this" not in shown(operator, preview)
        preview.changes.update(outcome=PreviewedChange.Outcome.FAILED)
        assert "Apply exactly this" in shown(operator, preview)

    def test_follows_a_worker_that_is_at_it(self, gateway: WhmcsGateway, operator: Client) -> None:
        preview = stored.ask(gateway, asked_by="somebody")
        assert "run-progress.js" in shown(operator, preview)
        progress = url("preview_progress", gateway.pk, preview.pk)
        assert operator.get(progress).json()["is_running"] is True
        stored.make(preview)
        assert operator.get(progress).json()["is_running"] is False

    def test_is_not_found_under_another_gateway(self, shop: Shop, gateway: WhmcsGateway, operator: Client) -> None:
        preview = make(operator, gateway)
        other = make_gateway("Other")
        assert operator.get(url("preview", other.pk, preview.pk)).status_code == 404
        assert operator.post(url("apply_preview", other.pk), {"preview": preview.pk}).status_code == 404

    def test_asks_no_more_questions_for_more_changes(self, shop: Shop, gateway: WhmcsGateway, operator: Client) -> None:
        buy(shop)
        preview = make(operator, gateway)

        def questions() -> int:
            with CaptureQueriesContext(connection) as asked:
                shown(operator, preview)
            return len(asked)

        before = questions()
        change = preview.changes.get()
        PreviewedChange.objects.bulk_create(
            PreviewedChange(preview=preview, kind=change.kind, what=change.what, service_id=n) for n in range(200)
        )
        assert questions() <= before + 1 < 25  # one more: what the page links to

    def test_a_gateway_that_rests_is_not_read(self, gateway: WhmcsGateway, operator: Client) -> None:
        pauses.pause_all(pauses.RESTORED)
        operator.post(url("make_preview", gateway.pk))
        assert not StoredPreview.objects.exists()

    def test_a_lost_message_costs_a_tick(
        self, shop: Shop, gateway: WhmcsGateway, operator: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*args: object, **kwargs: object) -> None:
            raise OperationalError

        with monkeypatch.context() as patched:
            patched.setattr(tasks.make_preview, "apply_async", refuse)
            preview = make(operator, gateway)
        assert preview.state == "making"
        StoredPreview.objects.update(touched_at=preview.touched_at - stored.SILENT_FOR)
        tick.delay()
        preview.refresh_from_db()
        assert preview.state == "ready"


class TestWhoMay:
    @pytest.mark.parametrize("permissions", [(), ("view_whmcsgateway",), ("change_company", "view_whmcsgateway")])
    def test_only_who_may_change_a_gateway_makes_and_applies(
        self, shop: Shop, gateway: WhmcsGateway, permissions: tuple[str, ...]
    ) -> None:
        buy(shop)
        preview, client = stored.ask(gateway, asked_by="somebody"), helper(*permissions)
        stored.make(preview)
        assert client.post(url("make_preview", gateway.pk)).status_code == 403
        assert press_apply(client, preview) == 403
        assert not Company.objects.exists()
        status = client.get(url("preview", gateway.pk, preview.pk)).status_code
        assert status == (200 if "view_whmcsgateway" in permissions else 403)

    def test_a_yes_beside_it_takes_the_right_to_say_yes(self, shop: Shop, gateway: WhmcsGateway, run: Sync) -> None:
        for name in ("Alice", "Bob", "Charlie"):
            buy(shop, name)
        run()
        for service_id in range(1, 4):
            shop.suspend(service_id)
        client = helper("view_whmcsgateway", "change_whmcsgateway")
        preview = make(client, gateway)
        assert 'name="with_yes"' not in shown(client, preview)
        assert press_apply(client, preview, with_yes="yes") == 403
        assert not HeldChanges.objects.exists()
        user = User.objects.get(email="helper@example.com")
        user.user_permissions.add(Permission.objects.get(codename="change_heldchanges"))
        assert 'name="with_yes"' in shown(client, preview)
        press_apply(client, preview, with_yes="yes")
        assert set(Company.objects.values_list("status", flat=True)) == {"suspended"}
        assert HeldChanges.objects.get().decided_by == user

    def test_a_link_is_no_press(self, gateway: WhmcsGateway, operator: Client) -> None:
        assert operator.get(url("make_preview", gateway.pk)).status_code == 405
        assert operator.get(url("apply_preview", gateway.pk)).status_code == 405

    def test_a_press_from_another_site_does_nothing(self, gateway: WhmcsGateway) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(User.objects.create_superuser("op@example.com", "x"))
        assert client.post(url("make_preview", gateway.pk)).status_code == 403
        assert not StoredPreview.objects.exists()


def test_no_password_and_no_address_is_kept(shop: Shop, gateway: WhmcsGateway, operator: Client) -> None:
    buy(shop)
    preview = make(operator, gateway)
    kept = json.dumps(list(preview.changes.values()), default=str) + json.dumps(preview.figures)
    assert PASSWORD not in kept
    assert "alice" not in kept.lower()


class TestTheCommandLine:
    def call(self, *arguments: str) -> tuple[int | str | None, Any]:
        printed = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("sync_gateway", *arguments, "--json", stdout=printed)
        return ended.value.code, json.loads(printed.getvalue())

    def test_keeps_a_preview_and_applies_it(self, shop: Shop, gateway: WhmcsGateway) -> None:
        alice = buy(shop, "Alice").id
        status, printed = self.call("--save-preview")
        assert (status, printed["outcome"], printed["created"]) == (0, "preview", 1)
        assert not Company.objects.exists()
        bob = buy(shop, "Bob").id
        status, applied = self.call("--apply", str(printed["preview"]))
        assert (status, applied["outcome"], applied["created"], applied["held"]) == (1, "held", 1, 1)
        assert [(one["service_id"], one["outcome"]) for one in applied["applied"]] == [(alice, "applied")]
        assert [(one["service_id"], one["code"]) for one in applied["problems"]] == [(bob, "not_previewed")]

    def test_prints_a_kept_preview_as_one_that_is_only_looked_at(self, whmcs: SandboxServer, run: Sync) -> None:
        services = [buy(whmcs.shop, name) for name in ("Alice", "Bob", "Charlie", "Dora", "Eve")]
        run()
        WhmcsGateway.objects.update(mass_change_count=2, mass_change_percent=30)
        for service in services[2:]:
            whmcs.shop.suspend(service.id)
        whmcs.shop.edit_service(services[0].id, pid=3)
        whmcs.faults.always(OverrideRow(services[0].id, {"id": 999}))
        looked_at, kept = self.call("--preview")[1], self.call("--save-preview")[1]
        assert (kept["outcome"], kept["error"]) == (looked_at["outcome"], looked_at["error"])
        told = [[(question["code"], question["text"]) for question in one["questions"]] for one in (looked_at, kept)]
        assert told[0] == told[1] != []

    def test_ends_with_2_where_it_can_not_be_made_or_applied(self, shop: Shop, gateway: WhmcsGateway) -> None:
        buy(shop)
        _, printed = self.call("--save-preview")
        Plan.objects.create(name="Another")
        status, refused = self.call("--apply", str(printed["preview"]))
        assert (status, refused["error"]["code"]) == (2, "preview_outdated")
        WhmcsGateway.objects.update(api_identifier="somebody else")
        status, failed = self.call("--save-preview")
        assert (status, failed["error"]["code"]) == (2, "credentials_refused")
        with pytest.raises(CommandError):
            call_command("sync_gateway", "--apply", "987654")

    def test_says_yes_with_it(self, shop: Shop, gateway: WhmcsGateway, run: Sync) -> None:
        for name in ("Alice", "Bob", "Charlie"):
            buy(shop, name)
        run()
        for service_id in range(1, 4):
            shop.suspend(service_id)
        _, printed = self.call("--save-preview")
        assert [question["code"] for question in printed["questions"]] == ["unsafe_change_set"]
        status, applied = self.call("--apply", str(printed["preview"]), "--approve")
        assert (status, applied["changed"]) == (0, 3)
