"""Prometheus reads how the installation stands, whichever process it asks, and nobody else does."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings
from redis import Redis

from billing.models import AttentionItem, HeldChanges, Kind, SyncRun
from companies.models import Installation, OutgoingMail
from companies.models.mail import MAX_ATTEMPTS
from tests.billing.factories import make_gateway
from tests.companies.factories import make_company, make_person, sign_in
from ticketz.celery import app
from ticketz.monitoring import figures, metrics, work

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a token of monitoring, 1234567890"


@pytest.fixture(autouse=True)
def _token(settings: Settings) -> Iterator[None]:
    settings.MONITORING_TOKEN = TOKEN
    forget()
    yield
    forget()


def forget() -> None:
    for part in metrics.PARTS:
        part.answer.forget()
    cache.delete(figures.COUNTED_KEY)


def read(**headers: str) -> str:
    answer = Client(headers={"Authorization": f"Bearer {TOKEN}", **headers}).get("/metrics")
    assert answer.status_code == 200
    return answer.content.decode()


def values() -> dict[str, float]:
    """Every figure under its name and labels, as Prometheus would read it."""
    forget()
    return {
        f"{sample.name}{{{','.join(f'{key}={value}' for key, value in sorted(sample.labels.items()))}}}": sample.value
        for family in text_string_to_metric_families(read())
        for sample in family.samples
    }


def test_strangers_find_nothing_there_with_or_without_a_token_being_set(settings: Settings) -> None:
    customer = sign_in(make_person(company=make_company()))
    for configured in (TOKEN, ""):
        settings.MONITORING_TOKEN = configured
        for client in (Client(), customer, Client(headers={"Authorization": "Bearer "})):
            answer = client.get("/metrics")
            assert (answer.status_code, answer.content) == (404, b"Not found.\n")
    assert sign_in(make_person("op@example.com", is_staff=True)).get("/metrics").status_code == 200


def test_a_gateway_tells_how_old_its_data_is_and_how_its_last_run_of_the_clock_went() -> None:
    now = timezone.now()
    gateway = make_gateway(confirmed_at=now - timedelta(minutes=7), trouble_left=0.5, trouble_counted_at=now)
    run = {"gateway": gateway, "outcome": SyncRun.Outcome.PARTIAL, "trigger": SyncRun.Trigger.SCHEDULE, "created": 3}
    SyncRun.objects.create(
        **run, started_at=now - timedelta(minutes=2), finished_at=now - timedelta(minutes=1), seconds={"fetch": 4.5}
    )
    SyncRun.objects.create(gateway=gateway, trigger=SyncRun.Trigger.CUSTOMER, outcome=SyncRun.Outcome.FAILED)
    found = values()
    assert 420 <= found["ticketz_gateway_data_age_seconds{gateway=Shop}"] < 480
    assert found["ticketz_gateway_allowed_age_seconds{gateway=Shop}"] == 3600
    assert found["ticketz_gateway_state{gateway=Shop,state=fresh}"] == 1
    assert found["ticketz_gateway_state{gateway=Shop,state=paused}"] == 0
    assert 0.5 <= found["ticketz_gateway_call_budget{gateway=Shop}"] < 1
    assert found["ticketz_last_run_outcome{gateway=Shop,outcome=partial}"] == 1
    assert found["ticketz_last_run_outcome{gateway=Shop,outcome=failed}"] == 0
    assert found["ticketz_last_run_duration_seconds{gateway=Shop}"] == pytest.approx(60, abs=0.01)
    assert found["ticketz_last_run_services{gateway=Shop,result=created}"] == 3
    assert found["ticketz_last_run_phase_seconds{gateway=Shop,phase=fetch}"] == 4.5


def test_a_gateway_that_was_never_read_has_no_age() -> None:
    make_gateway()
    found = values()
    assert "ticketz_gateway_data_age_seconds{gateway=Shop}" not in found
    assert found["ticketz_gateway_state{gateway=Shop,state=never_read}"] == 1


def test_companies_are_counted_by_the_access_that_they_have_today() -> None:
    make_company("One")
    make_company("Two", status="suspended")
    make_company("Three", due_date=timezone.localdate() - timedelta(days=1))
    found = values()
    assert found["ticketz_companies{reason=suspended,state=blocked}"] == 1
    assert sum(value for name, value in found.items() if name.startswith("ticketz_companies{")) == 3


def test_what_waits_for_people_and_for_workers_is_counted_with_its_age() -> None:
    now = timezone.now()
    gateway = make_gateway(next_sync_at=now - timedelta(minutes=3))
    AttentionItem.objects.create(gateway=gateway, kind=Kind.BAD_ROW, subject="1")
    AttentionItem.objects.create(gateway=gateway, kind=Kind.BAD_ROW, subject="2", dismissed_at=now)
    held = HeldChanges.objects.create(gateway=gateway, kind=HeldChanges.Kind.LOSSES)
    for name in ("One", "Two"):
        held.companies.create(company=make_company(name), service_id=1)
    for minutes in (5, 9):
        OutgoingMail.objects.create(kind=OutgoingMail.Kind.WELCOME, due_at=now - timedelta(minutes=minutes), attempts=2)
    found = values()
    assert found["ticketz_attention_items{kind=bad_row}"] == 1
    assert found["ticketz_attention_items{kind=vanished}"] == 0
    assert found["ticketz_held_changes{gateway=Shop,kind=losses}"] == 1
    assert found["ticketz_held_companies{gateway=Shop,kind=losses}"] == 2
    assert 180 <= found["ticketz_waiting_work_age_seconds{kind=reading}"] < 200
    assert 540 <= found["ticketz_waiting_work_age_seconds{kind=mail}"] < 560
    assert found["ticketz_waiting_work_age_seconds{kind=preview}"] == 0
    assert (found["ticketz_mails_waiting{kind=welcome}"], found["ticketz_mails_failed_attempts{kind=welcome}"]) == (
        2,
        2,
    )


def test_the_last_backup_has_an_age_once_one_was_made() -> None:
    assert "ticketz_backup_age_seconds{}" not in values()
    Installation.objects.create(pk=1, backed_up_at=timezone.now() - timedelta(hours=27))
    assert 27 * 3600 <= values()["ticketz_backup_age_seconds{}"] < 27 * 3600 + 60
    Installation.objects.update(backed_up_at=timezone.now() + timedelta(hours=1))
    assert values()["ticketz_backup_age_seconds{}"] == 0


def test_of_a_flood_of_mails_only_those_that_are_due_first_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MOST_MAILS", 3)
    now, kind = timezone.now(), OutgoingMail.Kind
    for minutes, attempts in ((9, MAX_ATTEMPTS), (8, 1), (7, 0), (6, 0), (5, 4)):
        OutgoingMail.objects.create(kind=kind.WELCOME, due_at=now - timedelta(minutes=minutes), attempts=attempts)
    with CaptureQueriesContext(connection) as asked:
        list(work.load(now))
    (question,) = [query["sql"] for query in asked if "outgoingmail" in query["sql"]]
    assert "LIMIT 3" in question
    found = values()
    assert found["ticketz_mails_waiting{kind=welcome}"] == found["ticketz_waiting_work{kind=mail}"] == 3
    assert found["ticketz_mails_failed_attempts{kind=welcome}"] == 1
    assert 480 <= found["ticketz_waiting_work_age_seconds{kind=mail}"] < 500


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite names no condition of an index")
def test_mails_that_were_given_up_are_passed_by_at_no_look() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        try:
            due = OutgoingMail.objects.waiting().filter(due_at__lte=timezone.now()).order_by("due_at", "pk")[:50]
            assert "mail_to_send" in due.explain()
            assert "mail_to_send" in OutgoingMail.objects.waiting().order_by("due_at")[:1000].explain()
        finally:
            cursor.execute("RESET enable_seqscan")


def test_the_length_of_the_queues_is_read_from_files_and_from_redis(settings: Settings, tmp_path: Path) -> None:
    queue = app.conf.task_default_queue
    if settings.REDIS_URL:
        with Redis.from_url(settings.REDIS_URL) as redis:
            before = redis.llen(queue)
            redis.rpush(queue, "{}", "{}")
            redis.rpush(f"{queue}\x06\x163", "{}")
            try:
                assert values()[f"ticketz_queue_messages{{queue={queue}}}"] == before + 3
            finally:
                redis.ltrim(queue, 0, -3)
                redis.delete(f"{queue}\x06\x163")
        return
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path)}
    for number in range(3):
        (tmp_path / f"{number}_x.{queue}.msg").touch()
    (tmp_path / "4_x.another.msg").touch()
    assert values()[f"ticketz_queue_messages{{queue={queue}}}"] == 3


def test_names_and_texts_follow_the_conventions_of_prometheus() -> None:
    make_gateway('A "quoted" \\ name\nof two lines')
    families = list(text_string_to_metric_families(read()))
    assert len(families) > 20
    for family in families:
        assert family.name.startswith("ticketz_"), family
        assert family.documentation.endswith("."), family
        assert not family.name.endswith(("_total", "_ms", "_minutes", "_count")), family
    assert "text/plain" in Client(headers={"Authorization": f"Bearer {TOKEN}"}).get("/metrics")["Content-Type"]
    assert read(Accept="application/openmetrics-text; version=1.0.0").endswith("# EOF\n")


def test_how_many_rows_there_are_makes_no_difference_to_the_questions() -> None:
    def questions() -> int:
        cache.delete(figures.COUNTED_KEY)
        with CaptureQueriesContext(connection) as asked:
            list(figures.load_from_database())
        return len(asked)

    make_gateway("Zero")
    few = questions()
    for number in range(12):
        gateway = make_gateway(f"Shop {number}")
        SyncRun.objects.create(gateway=gateway, trigger=SyncRun.Trigger.SCHEDULE, outcome=SyncRun.Outcome.COMPLETE)
        AttentionItem.objects.create(gateway=gateway, kind=Kind.BAD_ROW, subject="1")
        make_company(f"Company {number}")
    assert questions() == few
    with CaptureQueriesContext(connection) as asked:
        list(figures.load_from_database())
    assert not any('FROM "companies_company"' in query["sql"] for query in asked)


def test_a_part_that_fails_is_named_and_the_others_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Iterator[object]:
        raise DatabaseError("very-private")
        yield

    monkeypatch.setattr(metrics, "PARTS", (metrics.Part("database", fail), *metrics.PARTS[1:]))  # type: ignore[arg-type]
    found = values()
    assert found["ticketz_collector_success{collector=database}"] == 0
    assert found["ticketz_collector_success{collector=broker}"] == 1
    assert found["ticketz_password_hash_seconds{}"] > 0
    assert "very-private" not in read()


def test_a_part_that_hangs_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()

    def hang() -> list[object]:
        let_go.wait()
        return []

    monkeypatch.setattr(metrics, "PATIENCE", 0.2)
    monkeypatch.setattr(metrics, "PARTS", (metrics.Part("database", hang), *metrics.PARTS[1:]))  # type: ignore[arg-type]
    try:
        assert values()["ticketz_collector_success{collector=database}"] == 0
    finally:
        let_go.set()
