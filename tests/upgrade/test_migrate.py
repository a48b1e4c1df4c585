"""`manage.py migrate` beside a version that is at work: it stands in nobody's way, and two of it take turns."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.upgrade.drill import environment_of
from tests.upgrade.previous import ROOT
from tests.upgrade.stores import DATABASE_URL, Stores, database

pytestmark = pytest.mark.skipif(
    not os.environ.get("TEST_DATABASE_URL", "").startswith("postgres"), reason="SQLite locks nobody out for long"
)


@pytest.fixture(scope="module")
def stores() -> Iterator[Stores]:
    with database(DATABASE_URL) as url:
        yield Stores(url, "")


def migrate(stores: Stores, folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "manage.py", "migrate", *arguments]
    environment = environment_of(stores, folder)
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )


def ending(process: "subprocess.Popen[str]") -> tuple[int, str]:
    return process.wait(120), process.stderr.read() if process.stderr else ""


def test_two_at_once_migrate_one_after_the_other(stores: Stores, tmp_path: Path) -> None:
    both = [migrate(stores, tmp_path / name) for name in "ab"]
    assert [ending(process) for process in both] == [(0, ""), (0, "")]


def test_a_table_that_is_in_use_is_waited_for_without_holding_up_others(stores: Stores, tmp_path: Path) -> None:
    assert ending(migrate(stores, tmp_path / "back", "companies", "0015")) == (0, "")
    with psycopg.connect(stores.database_url) as somebody:
        somebody.execute("SELECT * FROM companies_user FOR SHARE")
        somebody.execute("LOCK TABLE companies_user IN ROW SHARE MODE")
        waiting = migrate(stores, tmp_path / "on")
        assert waiting.stderr is not None
        assert waiting.stderr.readline() == "A table is in use; this step is tried again.\n"
    assert ending(waiting)[0] == 0
