"""On PostgreSQL nobody waits for a lock without end, and nobody who has gone silent keeps one."""

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import ProjectState
from django.db.models import Index
from pytest_django import Settings

from companies.database.broken import BROKEN
from companies.database.online import AddIndexOnline
from companies.models import Company
from tests.companies.factories import make_company
from ticketz import timeouts
from ticketz.backups import postgres

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's timeout is in the settings"),
]


@pytest.fixture
def holder() -> Iterator[BaseDatabaseWrapper]:
    """Somebody else's connection, in a transaction that has a company's row."""
    company, other = make_company(), connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("UPDATE companies_company SET name = 'theirs' WHERE id = %s", [company.pk])
    yield other
    other.close()


def anew(monkeypatch: pytest.MonkeyPatch, **seconds: int) -> None:
    """Shorter times, for all connections that are opened from now on."""
    for name, value in seconds.items():
        monkeypatch.setattr(timeouts, name, value)
    connection.close()


def test_whoever_waits_for_a_lock_is_told_that_it_is_not_to_be_had(
    monkeypatch: pytest.MonkeyPatch, holder: BaseDatabaseWrapper
) -> None:
    anew(monkeypatch, LOCK_TIMEOUT_SECONDS=1)
    with pytest.raises(OperationalError, match="lock timeout"):
        Company.objects.update(name="ours")
    holder.rollback()
    assert Company.objects.update(name="ours") == 1


def test_an_index_that_is_built_beside_others_waits_for_them_however_long_they_take(
    monkeypatch: pytest.MonkeyPatch, holder: BaseDatabaseWrapper
) -> None:
    anew(monkeypatch, LOCK_TIMEOUT_SECONDS=1)
    before = ProjectState.from_apps(apps)
    after = before.clone()
    add = AddIndexOnline("company", Index(fields=["phone"], name="company_by_phone"))
    add.state_forwards("companies", after)
    Timer(2.5, holder.connection.rollback).start()
    with connection.schema_editor(atomic=False) as editor:
        add.database_forwards("companies", editor, before, after)
        editor.execute("DROP INDEX company_by_phone")
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("1s",)


def test_whoever_was_frozen_with_a_lock_has_lost_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "IDLE_TIMEOUT_SECONDS", 1)
    company, frozen = make_company(), connection.copy()
    frozen.set_autocommit(False)
    with frozen.cursor() as cursor:
        cursor.execute("UPDATE companies_company SET name = 'theirs' WHERE id = %s", [company.pk])
    assert Company.objects.update(name="ours") == 1
    with pytest.raises(BROKEN), frozen.cursor() as cursor:
        cursor.execute("SELECT 1")
    frozen.close()
    assert Company.objects.get().name == "ours"


def test_a_backup_may_take_as_long_as_it_takes(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    settings.BACKUP_KEYS = [Fernet.generate_key().decode()]
    begin = postgres._program

    def slowly(*words: str) -> object:
        time.sleep(2)
        return begin(*words)

    monkeypatch.setattr(postgres, "_program", slowly)
    anew(monkeypatch, IDLE_TIMEOUT_SECONDS=1)
    call_command("backup", str(tmp_path / "ticketz.backup"))
