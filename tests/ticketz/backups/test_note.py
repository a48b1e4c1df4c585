"""That a backup was made is noted in the database, for monitoring."""

import io
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from pytest_django import Settings

from companies.models import Installation
from tests.ticketz.backups.conftest import KEY, There
from ticketz.backups import files, manifest, noted

pytestmark = pytest.mark.django_db(transaction=True)


def last_noted() -> datetime | None:
    return Installation.objects.values_list("backed_up_at", flat=True).first()


def test_a_backup_that_was_made_is_noted_and_one_that_was_not_is_not(settings: Settings, tmp_path: Path) -> None:
    settings.BACKUP_KEYS = []
    with pytest.raises(CommandError):
        call_command("backup", str(tmp_path / "backup"))
    assert last_noted() is None
    settings.BACKUP_KEYS = [KEY]
    call_command("backup", str(tmp_path / "backup"), stdout=io.StringIO())
    first = last_noted()
    assert str(first and first.isoformat()) == files.read_manifest(tmp_path / "backup").made_at
    call_command("backup", str(tmp_path / "another"), stdout=io.StringIO())
    assert first is not None
    assert (last_noted() or first) > first


def test_a_backup_that_took_longer_than_a_later_one_takes_nothing_back(tmp_path: Path) -> None:
    call_command("backup", str(tmp_path / "earlier"), stdout=io.StringIO())
    earlier = files.read_manifest(tmp_path / "earlier")
    call_command("backup", str(tmp_path / "later"), stdout=io.StringIO())
    later = last_noted()
    noted.note(earlier)
    assert last_noted() == later


def test_a_restored_database_claims_no_backup_of_what_it_is_now(tmp_path: Path, backup: Path, there: There) -> None:
    """It knows of the one before the file that it was restored from, never of that file or a later one."""
    assert there.manage("restore", str(backup)).returncode == 0
    ask = ["shell", "-v0", "-c", "from companies.models import Installation as I; print(I.objects.first())"]
    assert there.manage(*ask).stdout.strip() == "None"
    first = last_noted()
    call_command("backup", str(tmp_path / "second"), stdout=io.StringIO())
    assert there.manage("restore", str(tmp_path / "second"), "--into-existing").returncode == 0
    ask[-1] = "from companies.models import Installation as I; print(I.objects.get().backed_up_at)"
    assert there.manage(*ask).stdout.strip() == str(first)


def test_where_it_can_t_be_noted_the_backup_is_as_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(manifest: manifest.Manifest) -> None:
        raise DatabaseError

    monkeypatch.setattr(noted, "note", read_only)
    told = io.StringIO()
    call_command("backup", str(tmp_path / "backup"), stdout=io.StringIO(), stderr=told)
    assert "could not be noted for monitoring: DatabaseError" in told.getvalue()
    call_command("restore", str(tmp_path / "backup"), "--check", stdout=io.StringIO())
