"""Needs attention, as an operator works through it: each kind with the buttons that settle it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import AttentionItem, HeldChanges, Kind, WhmcsGateway
from billing.recovery import pauses
from companies.models import AuditEntry
from tests.billing.admin.attention.items import LIST, asked, item, listed, service, url
from tests.companies.factories import make_company, make_person

pytestmark = pytest.mark.django_db


class TestRemedies:
    """Both the list and the item's page show the same."""

    def both(self, client: Client, one: AttentionItem, text: str) -> bool:
        return text in listed(client) and text in client.get(url(one)).content.decode()

    def test_an_unknown_plan_leads_to_its_place_on_the_coverage_page(
        self, operator: Client, gateway: WhmcsGateway
    ) -> None:
        service(gateway)
        one = item(gateway, Kind.PLAN_UNKNOWN, "5", value="Pro\u2423")
        assert self.both(operator, one, f"/admin/billing/whmcsgateway/{gateway.pk}/coverage/#value-")

    def test_a_missing_password_has_a_button_for_the_link(self, operator: Client, gateway: WhmcsGateway) -> None:
        person = make_person(password=None, company=make_company())
        one = item(gateway, Kind.PASSWORD_NEEDED, "5", user_id=str(person.pk), email=person.email, reason="missing")
        link = reverse("admin:companies_user_link", args=[person.pk])
        assert self.both(operator, one, f'formaction="{link}"')
        assert "/welcome/" in operator.post(link).content.decode()

    @pytest.mark.parametrize(
        ("kind", "held_kind"),
        [
            (Kind.LOSSES_HELD, HeldChanges.Kind.LOSSES),
            (Kind.FIRST_IMPORT, HeldChanges.Kind.FIRST_IMPORT),
            (Kind.MANY_ABSENT, HeldChanges.Kind.ABSENT),
            (Kind.OTHER_WHMCS, HeldChanges.Kind.OTHER_WHMCS),
        ],
    )
    def test_what_waits_for_a_yes_leads_to_the_figures(
        self, operator: Client, gateway: WhmcsGateway, kind: Kind, held_kind: HeldChanges.Kind
    ) -> None:
        held = HeldChanges.objects.create(gateway=gateway, kind=held_kind)
        assert self.both(operator, item(gateway, kind), reverse("admin:billing_heldchanges_change", args=[held.pk]))

    def test_a_gateway_that_fails_can_be_tested_and_its_runs_be_read(
        self, operator: Client, gateway: WhmcsGateway
    ) -> None:
        one = item(gateway, Kind.GATEWAY_ERROR, code="timeout")
        assert self.both(operator, one, reverse("admin:billing_whmcsgateway_test", args=[gateway.pk]))
        assert self.both(operator, one, f"/admin/billing/syncrun/?gateway__id__exact={gateway.pk}")

    def test_a_pause_leads_to_the_go(self, operator: Client, gateway: WhmcsGateway) -> None:
        pauses.pause_all(pauses.RESTORED)
        one = AttentionItem.objects.get()
        assert self.both(operator, one, reverse("admin:billing_whmcsgateway_change", args=[gateway.pk]))

    @pytest.mark.parametrize(
        ("kind", "page"),
        [
            (Kind.VANISHED, "clientsservices.php?userid=3&amp;id=5"),
            (Kind.CLIENT_CHANGED, "clientsservices.php?userid=3&amp;id=5"),
            (Kind.BAD_ROW, "clientsservices.php?userid=3&amp;id=5"),
            (Kind.OWNER_IS_OPERATOR, "clientssummary.php?userid=3"),
            (Kind.NAME_MISSING, "clientssummary.php?userid=3"),
            (Kind.NAME_BROKEN, "clientssummary.php?userid=3"),
        ],
    )
    def test_what_is_mended_in_whmcs_leads_there(
        self, operator: Client, gateway: WhmcsGateway, kind: Kind, page: str
    ) -> None:
        service(gateway)
        WhmcsGateway.objects.update(admin_folder="secret-door")
        assert self.both(operator, item(gateway, kind, "5"), f"https://shop.example/whmcs/secret-door/{page}")

    def test_a_service_without_a_row_is_found_there_by_its_number(
        self, operator: Client, gateway: WhmcsGateway
    ) -> None:
        one = item(gateway, Kind.BAD_ROW, "5", reason="bad_id")
        assert self.both(operator, one, "https://shop.example/whmcs/admin/clientsservices.php?id=5")

    def test_what_is_about_no_service_leads_to_none(self, operator: Client, gateway: WhmcsGateway) -> None:
        one = item(gateway, Kind.BAD_ROW, "position 3", reason="bad_id")
        assert not self.both(operator, one, "clientsservices.php")
        assert operator.post(url(one, "read_again")).status_code == 404

    def test_what_is_over_has_no_buttons(self, operator: Client, gateway: WhmcsGateway) -> None:
        one = item(gateway, Kind.VANISHED, "5")
        AttentionItem.objects.update(closed_at=one.opened_at)
        assert "formaction" not in operator.get(url(one)).content.decode()


def test_one_service_is_read_again(operator: Client, gateway: WhmcsGateway) -> None:
    one = item(gateway, Kind.VANISHED, "5")
    answer = operator.post(url(one, "read_again"), headers={"referer": "http://testserver/admin/?x=1"})
    assert (asked(), answer["Location"]) == ([5], "http://testserver/admin/?x=1")
    assert operator.post(url(one, "read_again"), headers={"referer": "https://evil.example/"})["Location"] == LIST
    assert AuditEntry.objects.filter(code="sync_asked_for", about="Shop #5").count() == 2


def test_while_the_gateway_is_paused_nothing_is_read(operator: Client, gateway: WhmcsGateway) -> None:
    pauses.pause_all(pauses.RESTORED)
    answer = operator.post(url(item(gateway, Kind.VANISHED, "5"), "read_again"), follow=True)
    assert "paused" in answer.content.decode()
    assert asked() == []


def test_the_page_tells_what_belongs_to_it_and_what_was_before(operator: Client, gateway: WhmcsGateway) -> None:
    service(gateway, company=make_company("Ana Sousa"))
    item(gateway, Kind.STATUS_UNKNOWN, "5", status="Odd")
    AttentionItem.objects.update(closed_at=gateway_time(gateway))
    one = item(gateway, Kind.PLAN_UNKNOWN, "5", value="Pro\u2423", nearest="Pro", differences="surrounding_space")
    page = operator.get(url(one)).content.decode()
    for text in ("Ana Sousa", "Unknown status", "<dt>nearest plan here</dt>", "space at the beginning or end"):
        assert text in page


def gateway_time(gateway: WhmcsGateway) -> Any:
    return gateway.attention_items.get().opened_at


def test_a_hundred_kinds_of_trouble_cost_no_more_questions_than_three(operator: Client, gateway: WhmcsGateway) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            listed(operator)
        return len(asked)

    for kind in (Kind.LOSSES_HELD, Kind.PLAN_UNKNOWN, Kind.PASSWORD_NEEDED):
        item(gateway, kind, "1", losing="1", open="2", user_id="1")
    before = questions()
    for n in range(2, 40):
        service(gateway, n, company=make_company(f"Company {n}"))
        for kind in (Kind.PLAN_UNKNOWN, Kind.VANISHED, Kind.PASSWORD_NEEDED):
            item(gateway, kind, str(n), user_id="1")
    assert questions() <= before < 15
