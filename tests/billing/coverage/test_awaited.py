"""A plan that is created or renamed on its own pages: who waited for it is taken up at once, and the operator told."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from billing.models import AttentionItem, Kind, WhmcsGateway
from plans.models import Plan
from tests.billing.factories import make_gateway
from tests.companies.factories import make_person, make_plan, sign_in

pytestmark = pytest.mark.django_db
VALUES = {"users": 3, "connections": 1, "queues": 1, "price": "9.90", "currency": "EUR", "recurrence": "monthly"}
TOLD = "the next run takes up those that say “Pro”"


@pytest.fixture
def gateway() -> WhmcsGateway:
    gateway = make_gateway()
    AttentionItem.objects.create(gateway=gateway, kind=Kind.PLAN_UNKNOWN, subject="5", params={"value": "Pro"})
    return gateway


def asked() -> list[str]:
    """The gateways for which a run was asked for."""
    return list(WhmcsGateway.objects.filter(next_sync_at__lte=timezone.now()).values_list("name", flat=True))


@pytest.fixture
def save(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    operator: Client = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))

    def save(path: str, **typed: object) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            page = operator.post(f"/admin/plans/plan/{path}", {**VALUES, **typed}, follow=True)
        return str(page.content.decode())

    return save


def test_a_new_plan_has_a_run_asked_for(gateway: WhmcsGateway, save: Any) -> None:
    assert TOLD in save("add/", name="Pro")
    assert asked() == ["Shop"]


def test_so_has_a_new_name_and_nothing_else_that_changes(gateway: WhmcsGateway, save: Any) -> None:
    plan = make_plan(name="pro")
    assert "takes up those" not in save(f"{plan.pk}/change/", name="pro", users=9)
    assert asked() == []
    Plan.objects.filter(pk=plan.pk).update(name="Basic")
    AttentionItem.objects.update(dismissed_at=timezone.now())
    save(f"{plan.pk}/change/", name="Pro")
    assert asked() == ["Shop"]


@pytest.mark.parametrize("columns", [{"is_enabled": False}, {"paused_at": timezone.now(), "pause_reason": "x"}])
def test_no_run_is_asked_for_where_none_would_be(columns: dict[str, Any], gateway: WhmcsGateway, save: Any) -> None:
    WhmcsGateway.objects.update(**columns)
    assert "takes up those" not in save("add/", name="Pro")
    assert asked() == []


def test_nor_where_nothing_waits_for_a_plan(gateway: WhmcsGateway, save: Any) -> None:
    AttentionItem.objects.update(closed_at=timezone.now())
    assert "takes up those" not in save("add/", name="Pro")
    assert asked() == []
