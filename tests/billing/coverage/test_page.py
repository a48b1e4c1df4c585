"""The coverage page: what WHMCS says now, and the buttons that mend what lacks."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from billing.coverage.matrix import key_of
from billing.models import Subscription, WhmcsGateway
from companies.models import AuditEntry, Company
from plans.models import Plan
from plans.reliance import load_relying
from sandbox import SandboxServer, Shop
from tests.billing.conftest import Sync
from tests.billing.shopping import buy
from tests.companies.factories import helper

pytestmark = pytest.mark.django_db(transaction=True)
ODD = "Team\u00a0 "


def asked() -> list[WhmcsGateway]:
    """The gateways for which a run was asked for."""
    return list(WhmcsGateway.objects.filter(next_sync_at__lte=timezone.now()))


def url(gateway: WhmcsGateway, name: str = "coverage") -> str:
    return reverse(f"admin:billing_whmcsgateway_{name}", args=[gateway.pk])


def page(client: Client, gateway: WhmcsGateway) -> str:
    return str(client.get(url(gateway)).content.decode())


def press(client: Client, gateway: WhmcsGateway, button: str, value: str, plan: str, **typed: Any) -> Any:
    form = {"key": key_of(value), "name": 0, "plan": Plan.objects.get(name=plan).pk, **typed}
    return client.post(url(gateway, button), form)


def test_what_was_never_read_is_said_to_be_so(operator: Client, gateway: WhmcsGateway) -> None:
    assert "Nothing was read yet" in page(operator, gateway)


def test_each_value_is_shown_with_its_services_and_its_plan(
    operator: Client, gateway: WhmcsGateway, shop: Shop, run: Sync
) -> None:
    buy(shop, "Alice", plan="Team")
    buy(shop, "Bob", plan=ODD)
    run()
    shown = page(operator, gateway)
    for text in ("Team[U+00A0]\u2423", "U+00A0", "NO-BREAK SPACE", "1 paid service", "1 waits for a company", "\u2260"):
        assert text in shown
    assert '<span class="badge badge-ok">Team</span>' in shown
    assert "Plans here that no service names" in shown


def test_a_company_whose_plan_changed_to_an_unknown_one_is_counted_by_what_whmcs_says_now(
    operator: Client, gateway: WhmcsGateway, shop: Shop, run: Sync
) -> None:
    service = buy(shop, "Alice", plan="Team")
    run()
    shop.change_plan(service.id, "Platinum")
    run()
    assert Company.objects.get().plan.name == "Team"
    assert "WHMCS says \u201cPlatinum\u201d" in page(operator, gateway)


def test_what_is_counted_by_an_older_word_is_told(
    operator: Client, gateway: WhmcsGateway, whmcs: SandboxServer, shop: Shop, run: Sync
) -> None:
    service = buy(shop, "Alice", plan="Team")
    run()
    whmcs.faults.override_row(service.id, {"status": "Odd"})
    shop.change_plan(service.id, "Platinum")
    run()
    assert "1 service is counted by what was last acted upon" in page(operator, gateway)


def test_one_click_creates_the_plan_exactly_and_lets_in_who_waited(
    operator: Client, gateway: WhmcsGateway, shop: Shop, run: Sync
) -> None:
    buy(shop, "Bob", plan=ODD)
    run()
    press(operator, gateway, "create_plan", ODD, "Business")
    plan = Plan.objects.get(name=ODD)
    assert (plan.users, asked()) == (10, [gateway])
    run()
    assert Company.objects.get().plan == plan
    assert '<span class="badge badge-ok">Team[U+00A0]\u2423</span>' in page(operator, gateway)
    assert AuditEntry.objects.filter(code="plan_added", about=ODD).exists()
    assert "Every service of WHMCS names a plan" in page(operator, gateway)


@pytest.mark.parametrize(("number", "name"), [(0, "gold|Gold & More"), (1, "gold"), (2, "Gold & More")])
def test_of_two_sides_the_operator_chooses_and_entities_are_decoded_once(
    operator: Client, gateway: WhmcsGateway, number: int, name: str
) -> None:
    value = "gold|Gold &amp; More"
    remember(gateway, value)
    press(operator, gateway, "create_plan", value, "Team", name=number)
    assert Plan.objects.filter(name=name).exists()


def test_a_plan_that_nobody_relies_on_is_renamed_at_once(operator: Client, gateway: WhmcsGateway) -> None:
    remember(gateway, ODD)
    press(operator, gateway, "rename_plan", ODD, "Team")
    assert Plan.objects.filter(name=ODD, users=3).exists()
    assert asked() == [gateway]
    entry = AuditEntry.objects.get(code="plan_changed")
    assert (entry.about, entry.details) == (ODD, {"name": f"Team \u2192 {ODD}"})


def test_a_rename_that_others_would_suffer_from_is_asked_for_first(operator: Client, gateway: WhmcsGateway) -> None:
    remember(gateway, ODD)
    for number in range(2, 39):
        remember(gateway, "Team", service_id=number)
    question = press(operator, gateway, "rename_plan", ODD, "Team").content.decode()
    assert "37 paid services of Shop say \u201cTeam\u201d" in question
    assert not Plan.objects.filter(name=ODD).exists()
    press(operator, gateway, "rename_plan", ODD, "Team", is_meant="on")
    assert Plan.objects.filter(name=ODD).exists()


def test_a_value_that_whmcs_does_not_say_makes_no_plan(operator: Client, gateway: WhmcsGateway) -> None:
    remember(gateway, ODD)
    assert press(operator, gateway, "create_plan", "Platinum", "Team").status_code == 404
    assert press(operator, gateway, "create_plan", ODD, "Team", name=7).status_code == 302
    assert Plan.objects.count() == 3


def test_two_sides_that_name_two_plans_are_mended_in_whmcs(operator: Client, gateway: WhmcsGateway) -> None:
    remember(gateway, "Team|Business")
    shown = page(operator, gateway)
    assert "names two plans at once" in shown
    assert "create_plan" not in shown
    press(operator, gateway, "create_plan", "Team|Business", "Team")
    assert Plan.objects.count() == 3


def test_a_name_that_is_taken_meanwhile_is_said_to_be_so(operator: Client, gateway: WhmcsGateway) -> None:
    remember(gateway, "Team")
    press(operator, gateway, "create_plan", "Team", "Business")
    assert "There is a plan called" in page(operator, gateway)
    assert Plan.objects.count() == 3


def test_without_the_right_to_plans_there_are_no_buttons_and_forged_posts_change_nothing(
    gateway: WhmcsGateway, plans: dict[str, Plan]
) -> None:
    remember(gateway, ODD)
    viewer = helper("view_whmcsgateway")
    shown = page(viewer, gateway)
    assert "Character by character" in shown
    assert "<form" not in shown.partition('id="content"')[2]
    for name in ("create_plan", "rename_plan"):
        assert press(viewer, gateway, name, ODD, "Team").status_code == 403
    assert set(Plan.objects.values_list("name", flat=True)) == set(plans)


def test_who_may_not_see_gateways_does_not_see_this(gateway: WhmcsGateway) -> None:
    planner = helper("add_plan", "change_plan")
    assert planner.get(url(gateway)).status_code == 403
    remember(gateway, ODD)
    assert press(planner, gateway, "create_plan", ODD, "Team").status_code == 403


def test_the_form_of_a_new_plan_is_filled_in_with_the_exact_name(operator: Client, gateway: WhmcsGateway) -> None:
    remember(gateway, ODD)
    assert "/admin/plans/plan/add/?name=Team%C2%A0+" in page(operator, gateway)
    assert 'value="Team\u00a0 "' in operator.get("/admin/plans/plan/add/?name=Team%C2%A0+").content.decode()


def test_many_values_cost_no_more_queries(
    operator: Client, gateway: WhmcsGateway, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(40):
        remember(gateway, f"Plan {number}", service_id=number + 1)
    with django_assert_max_num_queries(20):
        page(operator, gateway)


def test_the_command_prints_the_same_and_ends_with_its_status(gateway: WhmcsGateway) -> None:
    assert command()[0] == 2
    remember(gateway, "Team")
    assert command()[0] == 0
    remember(gateway, ODD, service_id=2)
    status, printed = command()
    first = printed["Shop"]["values"][0]
    assert status == 1
    assert (first["shown"], first["verdict"], first["near"], first["paid"]) == (
        "Team[U+00A0]\u2423",
        "unknown",
        "Team",
        1,
    )


def test_the_command_prints_lines_for_people(gateway: WhmcsGateway) -> None:
    remember(gateway, ODD)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("plan_coverage", stdout=out)
    assert "Team[U+00A0]\u2423: NO PLAN, unknown, nearest Team - 1 paid (1 waiting)" in out.getvalue()


def command() -> tuple[Any, Any]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("plan_coverage", "--json", stdout=out)
    return ended.value.code, json.loads(out.getvalue())


def remember(gateway: WhmcsGateway, value: str, service_id: int = 1) -> None:
    """A paid service as it was last read."""
    Subscription.objects.create(
        gateway=gateway, service_id=service_id, client_id=1, product_id=7, status="Active", plan_value=value
    )


def test_the_form_of_a_plan_asks_before_live_services_lose_it(operator: Client, gateway: WhmcsGateway) -> None:
    remember(gateway, "Team")
    remember(gateway, "Team|The team", service_id=2)
    team = Plan.objects.get(name="Team")
    typed = {"users": 3, "connections": 1, "queues": 1, "price": 0, "currency": "EUR", "recurrence": "monthly"}
    asked_back = operator.post(f"/admin/plans/plan/{team.pk}/change/", {**typed, "name": "The team"})
    shown = asked_back.content.decode()
    assert "1 paid service of Shop says \u201cTeam\u201d" in shown
    assert "Team|The team" not in shown, "that one finds the plan by either name"
    assert Plan.objects.filter(name="Team").exists()


def test_before_a_plan_is_deleted_that_services_name_the_page_says_so(operator: Client, gateway: WhmcsGateway) -> None:
    remember(gateway, "Team")
    team = Plan.objects.get(name="Team")
    assert "Shop says \u201cTeam\u201d" in operator.get(f"/admin/plans/plan/{team.pk}/delete/").content.decode()


def test_a_fallback_plan_is_not_deleted(operator: Client, gateway: WhmcsGateway) -> None:
    team = Plan.objects.get(name="Team")
    WhmcsGateway.objects.update(fallback_plan=team)
    page = operator.post(f"/admin/plans/plan/{team.pk}/delete/", {"post": "yes"}).content.decode()
    assert "Shop" in page
    assert Plan.objects.filter(pk=team.pk).exists()


def test_services_that_ended_rely_on_no_name(operator: Client, gateway: WhmcsGateway) -> None:
    remember(gateway, "Team")
    Subscription.objects.update(status="Terminated")
    assert not load_relying(Plan.objects.get(name="Team"))
