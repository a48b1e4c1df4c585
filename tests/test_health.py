"""Alive, and able to work."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from billing.models import WhmcsGateway
from tests.companies.factories import make_company, make_person, sign_in


def make_gateway(minutes_ago: int | None, *, is_enabled: bool = True) -> WhmcsGateway:
    confirmed_at = None if minutes_ago is None else timezone.now() - timedelta(minutes=minutes_ago)
    return WhmcsGateway.objects.create(
        name=f"Shop {minutes_ago}", base_url="https://shop.example", api_identifier="id", product_code=1,
        confirmed_at=confirmed_at, is_enabled=is_enabled,
    )  # fmt: skip


def test_being_alive_needs_no_database() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_means_database_broker_and_a_fresh_reading() -> None:
    make_gateway(5)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
@pytest.mark.parametrize("minutes_ago", [61, None])
def test_a_reading_that_is_old_or_never_was_is_degraded(minutes_ago: int | None) -> None:
    make_gateway(5)
    make_gateway(minutes_ago)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "degraded"})


@pytest.mark.django_db
def test_a_gateway_that_is_switched_off_counts_for_nothing() -> None:
    make_gateway(None, is_enabled=False)
    assert Client().get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_broker_out_of_reach_is_degraded(settings: Settings, tmp_path: Path) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert Client().get("/readyz").status_code == 503
    settings.REDIS_URL = ""
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": os.fspath(tmp_path / "missing")}
    assert Client().get("/readyz").status_code == 503


@pytest.mark.django_db
def test_only_operators_read_what_is_wrong() -> None:
    make_gateway(None)
    customer = sign_in(make_person(company=make_company()))
    operator = sign_in(make_person("op@example.com", is_staff=True))
    assert customer.get("/readyz").json() == {"status": "degraded"}
    assert operator.get("/readyz").json()["checks"] == {"database": True, "broker": True, "sync": False}


@pytest.mark.django_db
def test_operators_read_how_old_each_gateway_is() -> None:
    make_gateway(5)
    paused = make_gateway(7)
    WhmcsGateway.objects.filter(pk=paused.pk).update(paused_at=timezone.now())
    make_gateway(None)
    operator = sign_in(make_person("op@example.com", is_staff=True))
    gateways = {gateway["name"]: gateway for gateway in operator.get("/readyz").json()["gateways"]}
    assert {name: gateway["state"] for name, gateway in gateways.items()} == {
        "Shop 5": "fresh", "Shop 7": "paused", "Shop None": "never_read",
    }  # fmt: skip
    assert 300 <= gateways["Shop 5"]["age_seconds"] < 360
    assert gateways["Shop None"]["age_seconds"] is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "columns", [{"paused_at": timezone.now()}, {"confirmed_at": timezone.now() + timedelta(days=1)}]
)
def test_a_gateway_that_is_paused_or_was_read_in_the_future_is_degraded(columns: dict[str, datetime]) -> None:
    make_gateway(5)
    WhmcsGateway.objects.update(**columns)
    assert Client().get("/readyz").json() == {"status": "degraded"}


@pytest.mark.django_db
def test_a_gateway_that_is_read_seldom_is_old_later() -> None:
    make_gateway(179)
    WhmcsGateway.objects.update(interval_seconds=3600)
    assert Client().get("/readyz").status_code == 200
    WhmcsGateway.objects.update(interval_seconds=3000)
    assert Client().get("/readyz").status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_read_and_not_written(path: str) -> None:
    assert Client().post(path).status_code == 405
