"""A backup that is put back elsewhere mails nobody and locks nobody; what can't be put back changes nothing."""

import io
import itertools
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from companies.models import Company, User
from sandbox import SandboxServer, Shop
from tests.billing.factories import gateway_for
from tests.companies.factories import make_person, make_plan
from tests.ticketz.backups.conftest import KEY, There
from ticketz.backups import manifest
from ticketz.backups.encryption import CHUNK, SealingWriter, UnsealingReader
from ticketz.backups.errors import Unreadable

pytestmark = pytest.mark.django_db(transaction=True)


def test_on_another_machine_nothing_happens_until_somebody_says_go_and_then_one_reading_does_all(
    tmp_path: Path, there: There
) -> None:
    """Backup, another machine, restore; nothing happens until somebody says go; then one reading brings all in line."""
    make_plan(users=3, name="Team")
    file = tmp_path / "backup"
    with SandboxServer(shop=Shop()) as whmcs:
        services = [
            whmcs.shop.buy(name, "Smith", f"{name.lower()}@example.com", plan="Team", password="typed in the cart 1")
            for name in ("Alice", "Bob")
        ]
        gateway = gateway_for(whmcs)
        with pytest.raises(SystemExit):
            call_command("sync_gateway", stdout=io.StringIO())
        assert Company.objects.count() == 2
        call_command("backup", str(file), stdout=io.StringIO())
        whmcs.shop.terminate(services[1].id)
        calls = len(whmcs.requests)

        done = there.manage("restore", str(file))
        assert done.returncode == 0, done.stderr
        assert "restored from a backup" in done.stdout
        assert {row["state"] for row in there.read("access_report")} == {"open"}  # type: ignore[attr-defined]
        assert there.manage("sync_gateway", gateway.name).returncode == 2
        assert not there.mails.exists()
        assert (len(whmcs.requests)) == calls

        went_on = there.manage("sync_gateway", gateway.name, "--resume")
        assert went_on.returncode == 0, went_on.stdout + went_on.stderr
        states = {row["name"]: row["state"] for row in there.read("access_report")}  # type: ignore[attr-defined]
        assert states == {"Alice Smith": "open", "Bob Smith": "blocked"}
        assert there.read("sync_gateway", gateway.name)["changed"] == 0  # type: ignore[index]


def test_nothing_of_a_backup_can_be_read_and_others_may_not_even_try(backup: Path) -> None:
    content = backup.read_bytes()
    assert not any(
        text in content for text in (b"alice@example.com", b"companies_user", b"argon2", b"SQLite", b"PGDMP")
    )
    assert backup.stat().st_mode & 0o077 == 0
    assert list(backup.parent.glob(".backup-*")) == list(backup.parent.glob("*.unfinished")) == []


def test_a_check_says_what_is_in_a_backup_and_writes_nothing(backup: Path, there: There) -> None:
    found = there.read("restore", str(backup), "--check")
    assert isinstance(found, dict)
    assert (found["vendor"], found["rows"]["companies_company"]) == (connection.vendor, 3)
    assert found["rows"]["django_session"] == 0
    assert "refused" not in there.manage("restore", str(backup)).stderr


def test_only_an_empty_database_is_filled_unless_somebody_says_so(backup: Path, there: There) -> None:
    assert there.manage("migrate", "-v", "0").returncode == 0
    assert there.manage("restore", str(backup)).returncode == 0, "a new and unused installation is empty"
    refused = there.manage("restore", str(backup))
    assert (refused.returncode, "--into-existing" in refused.stderr) == (1, True)
    replaced = there.manage("restore", str(backup), "--into-existing")
    assert replaced.returncode == 0, replaced.stderr
    assert len(there.read("access_report")) == 3  # type: ignore[arg-type]


def test_a_damaged_file_changes_nothing(backup: Path, there: There) -> None:
    assert there.manage("restore", str(backup)).returncode == 0
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    backup.write_bytes(content)
    refused = there.manage("restore", str(backup), "--into-existing")
    assert (refused.returncode, "can't be decrypted" in refused.stderr) == (1, True)
    assert "Traceback" not in refused.stderr
    assert len(there.read("access_report")) == 3  # type: ignore[arg-type]


def test_a_restore_that_breaks_off_half_way_changes_nothing(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process and on this database: reading fails in the middle, after the file was found good."""
    users, read, calls = User.objects.count(), UnsealingReader.read, itertools.count()

    def read_and_fail(reader: UnsealingReader, size: int = -1) -> bytes:
        if next(calls) == 12:
            raise Unreadable("cut off")
        return read(reader, 3_000 if size == CHUNK else size)

    monkeypatch.setattr("ticketz.backups.files.check", lambda path: None)
    monkeypatch.setattr(UnsealingReader, "read", read_and_fail)
    with pytest.raises(CommandError, match="cut off"):
        call_command("restore", str(backup), "--into-existing")
    assert next(calls) > 12
    assert User.objects.count() == users


def test_a_restore_with_a_row_too_few_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_person("then@example.com")
    of_now = manifest.Manifest.of_now

    def with_one_more(rows: dict[str, int]) -> manifest.Manifest:
        return of_now({**rows, "companies_user": rows["companies_user"] + 1})

    monkeypatch.setattr(manifest.Manifest, "of_now", with_one_more)
    call_command("backup", str(tmp_path / "backup"), stdout=io.StringIO())
    make_person("now@example.com")
    with pytest.raises(CommandError, match="The table companies_user should have 2 rows"):
        call_command("restore", str(tmp_path / "backup"), "--into-existing")
    assert User.objects.filter(email="now@example.com").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"vendor": "oracle"}, "made of a database of oracle"),
        ({"migrations": ("billing.9999_of_the_future",), "version": "9.9"}, "made by Ticketz 9.9"),
        ({"format": 2}, "later version"),
    ],
)
def test_what_does_not_fit_here_is_refused_before_anything_is_written(
    tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    fields = {"version": "0.1.0", "made_at": "2026-01-01T00:00:00+00:00", "vendor": connection.vendor, "rows": {}}
    odd = manifest.Manifest(**{**fields, "migrations": (), **change})  # type: ignore[arg-type]
    file = io.BytesIO()
    writer = SealingWriter(file, KEY)
    odd.write(writer)
    writer.finish()
    (tmp_path / "odd").write_bytes(file.getvalue())
    with pytest.raises(CommandError, match=sentence):
        call_command("restore", str(tmp_path / "odd"), "--into-existing")
