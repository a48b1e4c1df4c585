"""Alive, and able to work."""

import os
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from redis import RedisError

from billing.models import WhmcsGateway
from companies.models import Installation
from tests.billing.factories import make_gateway
from tests.companies.factories import make_company, make_person, sign_in
from ticketz.monitoring import broker, health, tables
from ticketz.monitoring.shared import Shared

# What is asked in a thread of its own sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


def gateway_read(minutes_ago: int | None, *, is_enabled: bool = True) -> WhmcsGateway:
    confirmed_at = None if minutes_ago is None else timezone.now() - timedelta(minutes=minutes_ago)
    return make_gateway(f"Shop {minutes_ago}", api_identifier="id", confirmed_at=confirmed_at, is_enabled=is_enabled)


def test_being_alive_needs_no_database() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_means_database_broker_and_a_fresh_reading() -> None:
    gateway_read(5)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("minutes_ago", [61, None])
def test_a_reading_that_is_old_or_never_was_is_degraded(minutes_ago: int | None) -> None:
    gateway_read(5)
    gateway_read(minutes_ago)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "degraded"})


def test_code_that_is_newer_than_the_tables_is_degraded() -> None:
    newest = MigrationRecorder.Migration.objects.filter(app="billing").latest("name")
    MigrationRecorder.Migration.objects.filter(pk=newest.pk).delete()
    tables.forget()
    try:
        assert Client().get("/readyz").status_code == 503
    finally:
        newest.save(force_insert=True)
        tables.forget()
    assert Client().get("/readyz").status_code == 200


def test_tables_that_are_newer_than_the_code_are_fine() -> None:
    tables.forget()
    next_one = MigrationRecorder.Migration.objects.create(app="billing", name="9999_of_the_next_version")
    try:
        assert Client().get("/readyz").status_code == 200
    finally:
        next_one.delete()


def test_a_gateway_that_is_switched_off_counts_for_nothing() -> None:
    gateway_read(None, is_enabled=False)
    assert Client().get("/readyz").status_code == 200


def test_a_broker_out_of_reach_is_degraded(settings: Settings, tmp_path: Path) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert Client().get("/readyz").status_code == 503
    settings.REDIS_URL = ""
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": os.fspath(tmp_path / "missing")}
    assert Client().get("/readyz").status_code == 503


def test_only_operators_read_what_is_wrong() -> None:
    gateway_read(None)
    customer = sign_in(make_person(company=make_company()))
    operator = sign_in(make_person("op@example.com", is_staff=True))
    assert customer.get("/readyz").json() == {"status": "degraded"}
    assert operator.get("/readyz").json()["checks"] == {
        "database": True,
        "broker": True,
        "migrations": True,
        "sync": False,
    }


def test_operators_read_how_old_each_gateway_is() -> None:
    gateway_read(5)
    paused = gateway_read(7)
    WhmcsGateway.objects.filter(pk=paused.pk).update(paused_at=timezone.now())
    gateway_read(None)
    operator = sign_in(make_person("op@example.com", is_staff=True))
    gateways = {gateway["name"]: gateway for gateway in operator.get("/readyz").json()["gateways"]}
    assert {name: gateway["state"] for name, gateway in gateways.items()} == {
        "Shop 5": "fresh", "Shop 7": "paused", "Shop None": "never_read",
    }  # fmt: skip
    assert 300 <= gateways["Shop 5"]["age_seconds"] < 360
    assert gateways["Shop None"]["age_seconds"] is None


def test_operators_read_how_old_the_last_backup_is_which_makes_nothing_degraded() -> None:
    gateway_read(5)
    operator = sign_in(make_person("op@example.com", is_staff=True))
    assert operator.get("/readyz").json()["backup_age_seconds"] is None
    Installation.objects.create(pk=1, backed_up_at=timezone.now() - timedelta(days=9))
    answer = operator.get("/readyz")
    assert answer.status_code == 200
    assert 9 * 86_400 <= answer.json()["backup_age_seconds"] < 9 * 86_400 + 60
    assert "backup_age_seconds" not in Client().get("/readyz").json()


@pytest.mark.parametrize(
    "columns", [{"paused_at": timezone.now()}, {"confirmed_at": timezone.now() + timedelta(days=1)}]
)
def test_a_gateway_that_is_paused_or_was_read_in_the_future_is_degraded(columns: dict[str, datetime]) -> None:
    gateway_read(5)
    WhmcsGateway.objects.update(**columns)
    assert Client().get("/readyz").json() == {"status": "degraded"}


def test_a_gateway_that_is_read_seldom_is_old_later() -> None:
    gateway_read(179)
    WhmcsGateway.objects.update(interval_seconds=3600)
    assert Client().get("/readyz").status_code == 200
    WhmcsGateway.objects.update(interval_seconds=3000)
    assert Client().get("/readyz").status_code == 503


TOKEN = "a token of monitoring, 1234567890"


@pytest.fixture
def token(settings: Settings) -> str:
    settings.MONITORING_TOKEN = TOKEN
    return TOKEN


def details_for(header: str) -> bool:
    return "checks" in Client(headers={"Authorization": header}).get("/readyz").json()


def test_the_token_of_monitoring_opens_the_details_and_nothing_like_it_does(token: str) -> None:
    assert details_for(f"Bearer {token}")
    assert details_for(f"bearer {token}")
    assert not any(
        map(details_for, ("", "Bearer ", f"Bearer {token[:-1]}", f"Bearer {token}x", token, f"Basic {token}"))
    )


def test_without_a_token_in_the_environment_none_fits(settings: Settings) -> None:
    settings.MONITORING_TOKEN = ""
    assert not any(map(details_for, ("Bearer ", "Bearer", "Bearer none", "")))


@pytest.fixture
def hanging() -> Iterator[threading.Event]:
    """What hangs until it is let go."""
    let_go = threading.Event()
    yield let_go
    let_go.set()


def test_a_database_that_hangs_is_degraded_soon_and_holds_up_one_thread(
    hanging: threading.Event, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang() -> list[health.Gateway]:
        hanging.wait()
        return []

    monkeypatch.setattr(health, "PATIENCE", 0.2)
    monkeypatch.setattr(health, "_gateways", Shared(hang))
    monkeypatch.setattr(health, "_tables", Shared(lambda: True))
    monkeypatch.setattr(health, "_backup", Shared(lambda: None))
    before = threading.active_count()
    client = Client(headers={"Authorization": f"Bearer {token}"})
    for _ in range(3):
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["checks"]) == (
            503,
            {"database": False, "broker": True, "migrations": True, "sync": False},
        )
        assert client.get("/healthz").status_code == 200
    assert threading.active_count() <= before + 1


def test_a_question_that_is_never_answered_is_asked_again(
    hanging: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a network that swallowed a connection: what works again is seen to work."""
    answers = iter([hanging.wait, lambda: True])
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    monkeypatch.setattr(health, "_broker", Shared(lambda: next(answers)()))
    assert Client().get("/readyz").status_code == 503
    assert Client().get("/readyz").status_code == 503
    monkeypatch.setattr("ticketz.monitoring.shared.GIVEN_UP_AFTER", 0.0)
    assert Client().get("/readyz").status_code == 200


def test_a_broker_that_hangs_is_degraded_soon(hanging: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    monkeypatch.setattr(health, "_broker", Shared(hanging.wait))
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "degraded"})


def test_a_broker_that_answers_no_more_is_given_up(settings: Settings) -> None:
    """Redis that takes connections and says nothing, as when it is frozen."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        assert Client().get("/readyz").status_code == 503
        with pytest.raises(RedisError):
            broker.is_reachable()


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_health_is_read_and_not_written(path: str) -> None:
    assert Client().post(path).status_code == 405
