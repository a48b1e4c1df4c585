"""A backup is encrypted and whole, or there is none; put back elsewhere it mails nobody and locks nobody."""

import io
import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from pytest_django import Settings

from billing.models import WhmcsGateway
from companies.models import Company, Installation, User
from sandbox import SandboxServer, Shop
from tests.billing.factories import gateway_for
from tests.companies.factories import make_person, make_plan
from tests.proofs.stores import ON_SQLITE
from tests.ticketz.web_server import ROOT, surroundings
from ticketz.backups import files, manifest, noted
from ticketz.backups.errors import Unreadable
from ticketz.backups.sealed import CHUNK, MAGIC, SealingWriter, UnsealingReader

pytestmark = pytest.mark.django_db(transaction=True)
KEY, OTHER = "zH0dP8Z8nX0m4W2uPqvX7Zx0cS5kq8mYyA1j8b6o2wQ=", Fernet.generate_key().decode()


def sealed(content: bytes, key: str = KEY) -> bytes:
    file = io.BytesIO()
    writer = SealingWriter(file, key)
    for start in range(0, len(content), 700_001):
        writer.write(content[start : start + 700_001])
    writer.finish()
    return file.getvalue()


def unsealed(data: bytes, *keys: str) -> bytes:
    return UnsealingReader(io.BytesIO(data), keys or (KEY,)).read()


class TestEncryption:
    @pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
    def test_what_was_sealed_opens_with_any_of_the_keys(self, size: int) -> None:
        content = bytes(range(251)) * (size // 251 + 1)
        data = sealed(content[:size])
        assert unsealed(data, OTHER, KEY) == content[:size]
        reader = UnsealingReader(io.BytesIO(data), [KEY])
        assert b"".join(iter(lambda: reader.read(99_991), b"")) == content[:size]

    def test_the_same_content_is_never_the_same_file(self) -> None:
        assert sealed(b"x" * 100) != sealed(b"x" * 100)

    def test_without_the_key_nothing_opens(self) -> None:
        with pytest.raises(Unreadable, match="BACKUP_KEYS"):
            unsealed(sealed(b"content"), OTHER)

    @pytest.mark.parametrize("place", [0, len(MAGIC) + 3, len(MAGIC) + 16 + 5, CHUNK, CHUNK + 100, -1])
    def test_one_bit_that_is_another_is_noticed(self, place: int) -> None:
        data = bytearray(sealed(b"content" * 300_000))
        data[place] ^= 1
        with pytest.raises(Unreadable):
            unsealed(bytes(data))

    @pytest.mark.parametrize("length", [0, 5, 40, CHUNK, len(MAGIC) + 16 + CHUNK + 16, -1])
    def test_a_file_that_was_cut_off_is_noticed(self, length: int) -> None:
        with pytest.raises(Unreadable):
            unsealed(sealed(b"content" * 300_000)[:length])

    def test_parts_in_another_order_or_of_another_file_are_noticed(self) -> None:
        data, start, size = sealed(bytes(3 * CHUNK)), len(MAGIC) + 16, CHUNK + 16
        first, second = data[start : start + size], data[start + size : start + 2 * size]
        with pytest.raises(Unreadable):
            unsealed(data[:start] + second + first + data[start + 2 * size :])
        with pytest.raises(Unreadable):
            unsealed(sealed(bytes(3 * CHUNK))[:start] + data[start:])


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database on another machine, as it were."""
    if ON_SQLITE:
        yield f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
        return
    name, database = f"{connection.settings_dict['NAME']}_drill_{uuid4().hex[:8]}", connection.settings_dict
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{name}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class There:
    """Commands on the other machine."""

    def __init__(self, address: str, folder: Path, **changes: str) -> None:
        self.mails = folder / "mails"
        self._environment = surroundings(
            DATABASE_URL=address, VAR_DIR=str(folder / "var"), EMAIL_URL=f"filemail:///{self.mails}", REDIS_URL="",
            BACKUP_KEYS=KEY, **changes,
        )  # fmt: skip

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=300, check=False
        )

    def read(self, *arguments: str) -> object:
        return json.loads(self.manage(*arguments, "--json").stdout)


@pytest.fixture
def there(elsewhere: str, tmp_path: Path) -> There:
    return There(elsewhere, tmp_path)


@pytest.fixture
def backup(settings: Settings, tmp_path: Path) -> Path:
    """A backup of three customers and their gateway."""
    settings.BACKUP_KEYS = [KEY]
    make_plan(users=3, name="Team")
    file = tmp_path / "backup"
    with SandboxServer(shop=Shop()) as whmcs:
        for name in ("Alice", "Bob", "Carla"):
            whmcs.shop.buy(name, "Smith", f"{name.lower()}@example.com", plan="Team", password="typed in the cart 1")
        gateway_for(whmcs)
        with pytest.raises(SystemExit):
            call_command("sync_gateway", stdout=io.StringIO())
        call_command("backup", str(file), stdout=io.StringIO())
    return file


def test_the_drill(settings: Settings, tmp_path: Path, there: There) -> None:
    """Backup, another machine, restore; nothing happens until somebody says go; then one reading brings all in line."""
    settings.BACKUP_KEYS = [KEY]
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


def test_nothing_of_it_can_be_read_and_others_may_not_even_try(backup: Path) -> None:
    content = backup.read_bytes()
    assert not any(
        text in content for text in (b"alice@example.com", b"companies_user", b"argon2", b"SQLite", b"PGDMP")
    )
    assert backup.stat().st_mode & 0o077 == 0
    assert list(backup.parent.glob(".backup-*")) == list(backup.parent.glob("*.unfinished")) == []


def test_a_check_says_what_is_in_it_and_writes_nothing(backup: Path, there: There) -> None:
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


def test_a_restore_with_a_row_too_few_changes_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BACKUP_KEYS = [KEY]
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
    settings: Settings, tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    settings.BACKUP_KEYS = [KEY]
    fields = {"version": "0.1.0", "made_at": "2026-01-01T00:00:00+00:00", "vendor": connection.vendor, "rows": {}}
    odd = manifest.Manifest(**{**fields, "migrations": (), **change})  # type: ignore[arg-type]
    file = io.BytesIO()
    writer = SealingWriter(file, KEY)
    odd.write(writer)
    writer.finish()
    (tmp_path / "odd").write_bytes(file.getvalue())
    with pytest.raises(CommandError, match=sentence):
        call_command("restore", str(tmp_path / "odd"), "--into-existing")


class TestMaking:
    def test_without_a_key_there_is_no_backup(self, settings: Settings, tmp_path: Path) -> None:
        settings.BACKUP_KEYS = []
        with pytest.raises(CommandError, match="BACKUP_KEYS is not set"):
            call_command("backup", str(tmp_path / "backup"))
        assert list(tmp_path.iterdir()) == []

    def test_no_file_is_ever_written_over(self, settings: Settings, tmp_path: Path) -> None:
        settings.BACKUP_KEYS = [KEY]
        (tmp_path / "backup").write_text("the one of yesterday")
        with pytest.raises(CommandError, match="exists already"):
            call_command("backup", str(tmp_path / "backup"))
        assert (tmp_path / "backup").read_text() == "the one of yesterday"

    def test_one_that_breaks_off_leaves_no_file(
        self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.BACKUP_KEYS = [KEY]

        def fail(writer: SealingWriter) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(SealingWriter, "finish", fail)
        with pytest.raises(CommandError, match="can't be written: No space left"):
            call_command("backup", str(tmp_path / "backup"))
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.skipif(ON_SQLITE, reason="SQLite needs no program")
    def test_a_program_that_is_missing_is_named(
        self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.BACKUP_KEYS = [KEY]
        monkeypatch.setattr("shutil.which", lambda name: None)
        with pytest.raises(CommandError, match="pg_dump is not installed here"):
            call_command("backup", str(tmp_path / "backup"))
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.skipif(ON_SQLITE, reason="SQLite has no password")
    def test_who_we_are_is_told_in_no_argument(
        self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.BACKUP_KEYS = [KEY]
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


def last_noted() -> datetime | None:
    return Installation.objects.values_list("backed_up_at", flat=True).first()


class TestNote:
    def test_one_that_was_made_is_noted_and_one_that_was_not_is_not(self, settings: Settings, tmp_path: Path) -> None:
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

    def test_one_that_took_longer_than_a_later_one_takes_nothing_back(self, settings: Settings, tmp_path: Path) -> None:
        settings.BACKUP_KEYS = [KEY]
        call_command("backup", str(tmp_path / "earlier"), stdout=io.StringIO())
        earlier = files.read_manifest(tmp_path / "earlier")
        call_command("backup", str(tmp_path / "later"), stdout=io.StringIO())
        later = last_noted()
        noted.note(earlier)
        assert last_noted() == later

    def test_a_restored_database_claims_no_backup_of_what_it_is_now(
        self, settings: Settings, tmp_path: Path, backup: Path, there: There
    ) -> None:
        """It knows of the one before the file that it was restored from, never of that file or a later one."""
        assert there.manage("restore", str(backup)).returncode == 0
        ask = ["shell", "-v0", "-c", "from companies.models import Installation as I; print(I.objects.first())"]
        assert there.manage(*ask).stdout.strip() == "None"
        first = last_noted()
        call_command("backup", str(tmp_path / "second"), stdout=io.StringIO())
        assert there.manage("restore", str(tmp_path / "second"), "--into-existing").returncode == 0
        ask[-1] = "from companies.models import Installation as I; print(I.objects.get().backed_up_at)"
        assert there.manage(*ask).stdout.strip() == str(first)

    def test_where_it_can_t_be_noted_the_backup_is_as_good(
        self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def read_only(manifest: manifest.Manifest) -> None:
            raise DatabaseError

        settings.BACKUP_KEYS = [KEY]
        monkeypatch.setattr(noted, "note", read_only)
        told = io.StringIO()
        call_command("backup", str(tmp_path / "backup"), stdout=io.StringIO(), stderr=told)
        assert "could not be noted for monitoring: DatabaseError" in told.getvalue()
        call_command("restore", str(tmp_path / "backup"), "--check", stdout=io.StringIO())


def test_people_who_ask_for_it_get_json(settings: Settings, tmp_path: Path) -> None:
    settings.BACKUP_KEYS = [KEY]
    make_person()
    out = io.StringIO()
    call_command("backup", str(tmp_path / "backup"), "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["bytes"] == (tmp_path / "backup").stat().st_size
    assert told["rows"] > WhmcsGateway.objects.count()
    assert len(told["sha256"]) == 64
