"""Plans in the administration."""

import pytest

from plans.models import Plan
from tests.companies.factories import make_company, make_person, make_plan, sign_in

pytestmark = pytest.mark.django_db


def test_a_plan_in_use_is_not_deleted_and_the_page_says_by_whom_it_is_used() -> None:
    company = make_company("Ana Sousa")
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    page = operator.post(f"/admin/plans/plan/{company.plan_id}/delete/", {"post": "yes"})
    assert "Ana Sousa" in page.content.decode()
    operator.post(
        "/admin/plans/plan/", {"action": "delete_selected", "_selected_action": [company.plan_id], "post": "yes"}
    )
    assert Plan.objects.filter(pk=company.plan_id).exists()


def test_a_plan_that_nobody_uses_is_deleted() -> None:
    plan = make_plan(name="Old")
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    operator.post(f"/admin/plans/plan/{plan.pk}/delete/", {"post": "yes"})
    assert not Plan.objects.filter(pk=plan.pk).exists()


@pytest.mark.parametrize("name", [" Pro ", "Pro\u00a0Max", "pro", "Cafe\u0301"])
def test_a_name_is_kept_character_by_character(name: str) -> None:
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    values = {
        "name": name, "users": 3, "connections": 1, "queues": 1, "price": "9.90", "currency": "EUR",
        "recurrence": "monthly",
    }  # fmt: skip
    operator.post("/admin/plans/plan/add/", values)
    assert Plan.objects.get().name == name


VALUES = {"users": 3, "connections": 1, "queues": 1, "price": "9.90", "currency": "EUR", "recurrence": "monthly"}


@pytest.fixture
def relied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody above relies on the name “Pro”."""

    def relied(plan: Plan, new_name: str | None) -> list[str]:
        return ["37 services say it."] if plan.name == "Pro" and new_name != "Pro+" else []

    monkeypatch.setattr("plans.reliance._reliances", [relied])


def rename(plan: Plan, name: str, **typed: str) -> str:
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    answer = operator.post(f"/admin/plans/plan/{plan.pk}/change/", {**VALUES, "name": name, **typed})
    plan.refresh_from_db()
    return str(answer.content.decode())


def test_a_rename_under_those_who_rely_on_the_name_is_asked_for_once(relied: None) -> None:
    plan = make_plan()
    page = rename(plan, "Pro Max")
    assert plan.name == "Pro"
    assert "37 services say it." in page
    assert '<input type="checkbox" name="rename_is_meant"' in page


def test_the_page_that_asks_is_called_by_the_name_that_is_still_stored(relied: None) -> None:
    page = rename(make_plan(), "Pro Max")
    assert "<h1>Pro</h1>" in page
    assert "<title>Error: Pro \u00b7" in page
    assert 'value="Pro Max"' in page


def test_with_the_box_ticked_it_is_renamed(relied: None) -> None:
    plan = make_plan()
    rename(plan, "Pro Max", rename_is_meant="on")
    assert plan.name == "Pro Max"


@pytest.mark.parametrize(("before", "after"), [("Pro", "Pro+"), ("Other", "Another"), ("Pro", "Pro")])
def test_where_nobody_relies_on_the_name_nothing_is_asked(relied: None, before: str, after: str) -> None:
    plan = make_plan(name=before)
    rename(plan, after)
    assert (plan.name, plan.currency) == (after, "EUR")


def test_the_pages_that_ask_whether_to_delete_say_who_relies_on_the_name(relied: None) -> None:
    plan = make_plan()
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    picked = {"action": "delete_selected", "_selected_action": [plan.pk]}
    pages = operator.get(f"/admin/plans/plan/{plan.pk}/delete/"), operator.post("/admin/plans/plan/", picked)
    assert all("37 services say it." in page.content.decode() for page in pages)
