"""A key, another machine to restore to, and a backup."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from sandbox import SandboxServer, Shop
from tests.billing.factories import gateway_for
from tests.companies.factories import make_plan
from tests.proofs.stores import ON_SQLITE
from tests.ticketz.web_server import ROOT, surroundings

KEY, OTHER = "zH0dP8Z8nX0m4W2uPqvX7Zx0cS5kq8mYyA1j8b6o2wQ=", Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _key(settings: Settings) -> None:
    settings.BACKUP_KEYS = [KEY]


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
def backup(tmp_path: Path) -> Path:
    """A backup of three customers and their gateway."""
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
