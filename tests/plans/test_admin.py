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
