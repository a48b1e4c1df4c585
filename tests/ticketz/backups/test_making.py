"""A backup is made whole and told of, or there is no file."""

import io
import json
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from billing.models import WhmcsGateway
from tests.companies.factories import make_person
from tests.proofs.stores import ON_SQLITE
from ticketz.backups.encryption import SealingWriter

pytestmark = pytest.mark.django_db(transaction=True)


def test_without_a_key_there_is_no_backup(settings: Settings, tmp_path: Path) -> None:
    settings.BACKUP_KEYS = []
    with pytest.raises(CommandError, match="BACKUP_KEYS is not set"):
        call_command("backup", str(tmp_path / "backup"))
    assert list(tmp_path.iterdir()) == []


def test_no_file_is_ever_written_over(tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("the one of yesterday")
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(tmp_path / "backup"))
    assert (tmp_path / "backup").read_text() == "the one of yesterday"


def test_a_backup_that_breaks_off_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(writer: SealingWriter) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SealingWriter, "finish", fail)
    with pytest.raises(CommandError, match="can't be written: No space left"):
        call_command("backup", str(tmp_path / "backup"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(ON_SQLITE, reason="SQLite needs no program")
def test_a_program_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(CommandError, match="pg_dump is not installed here"):
        call_command("backup", str(tmp_path / "backup"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(ON_SQLITE, reason="SQLite has no password")
def test_who_we_are_is_told_in_no_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    popen = subprocess.Popen

    def note(command: list[str], **options: object) -> object:
        started.append(command)
        return popen(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr("subprocess.Popen", note)
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "K4n4ry")
    call_command("backup", str(tmp_path / "backup"), stdout=io.StringIO())
    assert started
    assert "K4n4ry" not in str(started)


def test_people_who_ask_for_it_get_json(tmp_path: Path) -> None:
    make_person()
    out = io.StringIO()
    call_command("backup", str(tmp_path / "backup"), "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["bytes"] == (tmp_path / "backup").stat().st_size
    assert told["rows"] > WhmcsGateway.objects.count()
    assert len(told["sha256"]) == 64
