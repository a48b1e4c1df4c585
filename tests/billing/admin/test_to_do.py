"""Needs attention, as an operator works through it: each kind with the buttons that settle it."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.models import AttentionItem, HeldChanges, Kind, ServiceWish, Subscription, WhmcsGateway
from billing.recovery import pauses
from billing.wording.attention import sentence
from companies.models import AuditEntry, User
from tests.billing.factories import make_gateway
from tests.companies.factories import helper, make_company, make_person

pytestmark = pytest.mark.django_db
LIST = "/admin/billing/attentionitem/"


@pytest.fixture
def gateway(db: None) -> WhmcsGateway:
    return make_gateway(base_url="https://shop.example/whmcs")


def asked() -> list[int]:
    """The services that were asked for."""
    return list(ServiceWish.objects.values_list("service_id", flat=True))


def item(gateway: WhmcsGateway, kind: str, subject: str = "gateway", **params: str) -> AttentionItem:
    return AttentionItem.objects.create(gateway=gateway, kind=kind, subject=subject, params=params)


def service(gateway: WhmcsGateway, number: int = 5, **columns: Any) -> Subscription:
    values = {"client_id": 3, "product_id": 7, "status": "Active", "plan_value": "Pro ", **columns}
    return Subscription.objects.create(gateway=gateway, service_id=number, **values)


def listed(client: Client, query: str = "") -> str:
    return str(client.get(LIST + query).content.decode())


def url(one: AttentionItem, name: str = "change") -> str:
    return reverse(f"admin:billing_attentionitem_{name}", args=[one.pk])


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


class TestDismissing:
    def test_it_asks_why_and_keeps_the_answer(self, operator: Client, gateway: WhmcsGateway) -> None:
        one = item(gateway, Kind.VANISHED, "5")
        assert "What is dismissed" in operator.get(url(one, "dismiss")).content.decode()
        assert operator.post(url(one, "dismiss"), {"reason": " "}).status_code == 200
        assert AttentionItem.objects.waiting().exists()
        operator.post(url(one, "dismiss"), {"reason": "sold by hand"})
        one.refresh_from_db()
        assert (one.dismiss_reason, one.dismissed_by, one.closed_at) == (
            "sold by hand", User.objects.get(email="op@example.com"), None,
        )  # fmt: skip
        assert "sold by hand" in operator.get(url(one)).content.decode()
        entry = AuditEntry.objects.get(code="attention_dismissed")
        assert entry.details == {"count": "1", "reason": "sold by hand"}

    def test_what_does_not_wait_any_more_is_told_and_nothing_is_done(
        self, operator: Client, gateway: WhmcsGateway
    ) -> None:
        one = item(gateway, Kind.VANISHED, "5")
        operator.post(url(one, "dismiss"), {"reason": "sold by hand"})
        for ask in (operator.get, operator.post):
            answer = ask(url(one, "dismiss"), {"reason": "again"}, follow=True)
            assert answer.redirect_chain == [(url(one), 302)]
            assert "Nothing was done: this does not wait any more." in answer.content.decode()
        one.refresh_from_db()
        assert one.dismiss_reason == "sold by hand"
        assert operator.get(url(one, "dismiss").replace(f"/{one.pk}/", "/99999/")).status_code == 404

    @pytest.mark.parametrize(("state", "offered"), [("", True), ("all", True), ("closed", False), ("dismissed", False)])
    def test_it_is_offered_only_where_something_waits(
        self, state: str, offered: bool, operator: Client, gateway: WhmcsGateway
    ) -> None:
        item(gateway, Kind.VANISHED, "5")
        for columns in ({"closed_at": timezone.now()}, {"dismissed_at": timezone.now()}):
            AttentionItem.objects.filter(pk=item(gateway, Kind.VANISHED, f"6{columns.keys()}").pk).update(**columns)
        page = listed(operator, f"?state={state}" if state else "")
        assert ('value="dismiss_selected"' in page) is offered
        assert "Service vanished from WHMCS" in page

    def test_many_are_dismissed_for_one_reason(self, operator: Client, gateway: WhmcsGateway) -> None:
        picked = [item(gateway, Kind.VANISHED, str(n)).pk for n in range(3)]
        item(gateway, Kind.VANISHED, "9")
        form = {"action": "dismiss_selected", "_selected_action": picked}
        question = operator.post(LIST, form).content.decode()
        assert question.count('name="_selected_action"') == 3
        assert AttentionItem.objects.waiting().count() == 4
        operator.post(LIST, {**form, "reason": "all sold by hand"})
        assert AttentionItem.objects.waiting().get().subject == "9"

    def test_each_state_has_a_list(self, operator: Client, gateway: WhmcsGateway) -> None:
        for name in ("waits", "aside", "over"):
            item(gateway, Kind.STATUS_UNKNOWN, name, status=f"-{name}-")
        over = AttentionItem.objects.filter(subject="over")
        over.update(closed_at=over.get().opened_at)
        AttentionItem.objects.filter(subject="aside").update(dismissed_at=over.get().opened_at)
        for query, shown in {
            "": {"waits"}, "?state=dismissed": {"aside"}, "?state=closed": {"over"},
            "?state=all": {"waits", "aside", "over"},
        }.items():  # fmt: skip
            page = listed(operator, query)
            assert {name for name in ("waits", "aside", "over") if f"-{name}-" in page} == shown


BUTTONS = {"read_again": "change_company", "dismiss": "change_attentionitem"}


class TestWhoMay:
    @pytest.fixture
    def everything(self, gateway: WhmcsGateway) -> AttentionItem:
        service(gateway)
        person = make_person(password=None, company=make_company())
        item(gateway, Kind.PASSWORD_NEEDED, "6", user_id=str(person.pk), email="x", reason="missing")
        item(gateway, Kind.GATEWAY_ERROR, code="timeout")
        return item(gateway, Kind.PLAN_UNKNOWN, "5", value="x")

    def test_a_viewer_sees_no_buttons(self, everything: AttentionItem) -> None:
        viewer = helper("view_attentionitem")
        for page in (listed(viewer), viewer.get(url(everything)).content.decode()):
            assert "formaction" not in page
            assert "/dismiss/" not in page

    @pytest.mark.parametrize("name", BUTTONS)
    def test_forged_posts_change_nothing(self, everything: AttentionItem, name: str) -> None:
        others = {*BUTTONS.values(), "view_attentionitem", "change_user"} - {BUTTONS[name]}
        client = helper(*others)
        assert client.post(url(everything, name), {"reason": "x"}).status_code == 403
        client.post(LIST, {"action": "dismiss_selected", "_selected_action": [everything.pk], "reason": "x"})
        assert asked() == []
        assert AttentionItem.objects.waiting().count() == (3 if name == "dismiss" else 2)

    def test_each_right_shows_its_button(self, everything: AttentionItem) -> None:
        client = helper("view_attentionitem", "change_company")
        page = listed(client)
        assert url(everything, "read_again") in page
        assert "set-password-link" not in page

    def test_nobody_changes_adds_or_deletes_an_item(self, operator: Client, everything: AttentionItem) -> None:
        assert operator.post(url(everything), {"kind": "paused"}).status_code == 403
        assert operator.post(url(everything, "delete"), {"post": "yes"}).status_code == 403
        assert operator.get(LIST + "add/").status_code == 403


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


class TestCommand:
    def call(self, *arguments: str) -> tuple[Any, Any]:
        out = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("attention", *arguments, "--json", stdout=out)
        return ended.value.code, json.loads(out.getvalue())

    def test_its_status_says_whether_something_waits(self, gateway: WhmcsGateway) -> None:
        assert self.call() == (0, [])
        one = item(gateway, Kind.VANISHED, "5")
        status, (printed,) = self.call("Shop")
        assert (status, printed["id"], printed["kind"]) == (1, one.pk, "vanished")
        assert "does not know this service" in printed["text"]

    def test_it_dismisses_with_a_reason(self, gateway: WhmcsGateway) -> None:
        one = item(gateway, Kind.VANISHED, "5")
        with pytest.raises(CommandError, match="needs --reason"):
            call_command("attention", "--dismiss", str(one.pk))
        assert self.call("--dismiss", str(one.pk), "--reason", "sold by hand") == (0, [])
        one.refresh_from_db()
        assert (one.dismissed_label, one.dismiss_reason) == ("command line", "sold by hand")
        assert AuditEntry.objects.get().actor_label == "command line"
        with pytest.raises(CommandError, match="No item"):
            call_command("attention", "--dismiss", str(one.pk), "--reason", "again")

    def test_people_read_one_line_for_each(self, gateway: WhmcsGateway) -> None:
        item(gateway, Kind.VANISHED, "5")
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("attention", stdout=out)
        assert "Shop  vanished 5: WHMCS does not know this service" in out.getvalue()


def test_a_question_that_went_away_does_not_read_as_if_it_waited(operator: Client, gateway: WhmcsGateway) -> None:
    held = HeldChanges.objects.create(gateway=gateway, kind=HeldChanges.Kind.ABSENT)
    pages = {"/admin/billing/heldchanges/": "td", f"/admin/billing/heldchanges/{held.pk}/change/": "div"}
    assert not any(f">none was needed</{tag}" in operator.get(page).content.decode() for page, tag in pages.items())
    HeldChanges.objects.update(closed_at=timezone.now())
    assert all(f">none was needed</{tag}" in operator.get(page).content.decode() for page, tag in pages.items())


def test_questions_are_found_by_the_words_that_stand_there(operator: Client, gateway: WhmcsGateway) -> None:
    verdicts = [("waiting", None), ("waiting", timezone.now()), ("approved", None), ("rejected", timezone.now())]
    for kind, (verdict, closed_at) in zip(HeldChanges.Kind, verdicts, strict=True):
        HeldChanges.objects.create(gateway=gateway, kind=kind, verdict=verdict, closed_at=closed_at)
    for value, kind in zip(("waiting", "none", "approved", "rejected"), HeldChanges.Kind, strict=True):
        listed = operator.get(f"/admin/billing/heldchanges/?verdict__exact={value}").context["cl"].result_list
        assert [held.kind for held in listed] == [kind], value


def test_a_plan_that_resembles_none_is_not_told_to_differ_in_something() -> None:
    told = sentence(Kind.PLAN_UNKNOWN, {"value": "Business", "nearest": "Starter", "differences": "other_text"})
    assert told.startswith("WHMCS says “Business”, and no plan here is called so; the nearest is “Starter”.")
    told = sentence(Kind.PLAN_UNKNOWN, {"value": "pro", "nearest": "Pro", "differences": "letter_case"})
    assert "They differ in: capital" in told
