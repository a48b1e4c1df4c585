"""Two versions side by side: what the one leaves in the database, the queue and browsers, the other can live with."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from companies.database.online import AddIndexOnline, LeaveRoomForUpdates
from tests.upgrade.previous import ROOT, PreviousMissing, recorded, unpack
from tests.upgrade.rules import dangers_of

Surface = dict[str, Any]
NARROW = models.CharField(max_length=5)
WIDE = models.CharField(max_length=50, null=True)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Surface:
    """What the version before promises."""
    try:
        tree = unpack(recorded()[1], tmp_path_factory.mktemp("previous") / "tree")
    except PreviousMissing as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    return surface_of(tree, tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> Surface:
    """What stands here promises."""
    return surface_of(ROOT, tmp_path_factory.mktemp("now"))


def surface_of(tree: Path, folder: Path) -> Surface:
    command = [sys.executable, str(ROOT / "tests" / "upgrade" / "surface.py")]
    system = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**system, "DEBUG": "1", "VAR_DIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    surface: Surface = json.loads(done.stdout)
    return surface


def test_each_message_of_the_version_before_finds_its_task(before: Surface, now: Surface) -> None:
    sent = {name: old for name, old in before["tasks"].items() if name not in before["kept"]}
    assert sent
    for name, old in sent.items():
        assert name in now["tasks"], f"{name}: messages of the version before may still wait for it"
        new = now["tasks"][name]
        assert [p[:2] for p in new[: len(old)]] == [p[:2] for p in old], name
        needed = [p[0] for p in new if not p[2]]
        assert len(needed) <= len([p for p in old if not p[2]]), f"{name}: a new parameter needs a default"


def test_messages_carry_ids_and_words_only(now: Surface) -> None:
    for name, parameters in now["tasks"].items():
        assert {annotation for _, annotation, _ in parameters} <= {"int", "str", "bool"}, name


def test_each_form_that_is_still_open_in_a_browser_has_its_address(before: Surface, now: Surface) -> None:
    assert set(before["routes"]) - set(now["routes"]) == set()


def test_each_page_of_the_version_before_still_finds_its_styles(before: Surface, now: Surface) -> None:
    assert len(before["static"]) > 10
    assert set(before["static"]) - set(now["static"]) - set(now["static_kept"]) == set()


def test_no_new_migration_breaks_the_version_before(before: Surface, now: Surface) -> None:
    known = {tuple(key) for key in before["migrations"]}
    assert len(known) > 20
    loader = MigrationLoader(None, ignore_no_migrations=True)
    keys = [(app, name) for app, name in now["migrations"] if (app, name) not in known]
    new = [loader.disk_migrations[key] for key in keys]
    states = {key: loader.project_state(key, at_end=False) for key in keys}
    found = {f"{m.app_label} {m.name}": dangers_of(m, states[m.app_label, m.name], new) for m in new}
    assert {name: dangers for name, dangers in found.items() if dangers} == {}


# The guard itself: each danger is seen, and what is harmless passes.
DANGEROUS: dict[str, Operation] = {
    "a column goes": migrations.RemoveField("thing", "narrow"),
    "a table goes": migrations.DeleteModel("Thing"),
    "a column is renamed": migrations.RenameField("thing", "narrow", "other"),
    "a table is renamed": migrations.RenameModel("Thing", "Item"),
    "a table gets another name": migrations.AlterModelTable("thing", "other"),
    "a column that must be filled": migrations.AddField("thing", "new", models.IntegerField(default=1)),
    "a unique column": migrations.AddField("thing", "new", models.IntegerField(null=True, unique=True)),
    "NULL is no longer taken": migrations.AlterField("thing", "wide", models.CharField(max_length=50)),
    "less room": migrations.AlterField("thing", "wide", models.CharField(max_length=49, null=True)),
    "another type": migrations.AlterField("thing", "narrow", models.IntegerField()),
    "unique from now on": migrations.AlterField("thing", "narrow", models.CharField(max_length=5, unique=True)),
    "an index that stops writers": migrations.AddIndex("thing", models.Index(fields=["narrow"], name="i")),
    "an index built inside a transaction": AddIndexOnline("thing", models.Index(fields=["narrow"], name="i")),
    "a constraint": migrations.AddConstraint("thing", models.UniqueConstraint(fields=["narrow"], name="c")),
    "code": migrations.RunPython(migrations.RunPython.noop),
    "SQL": migrations.RunSQL("SELECT 1"),
}
HARMLESS: dict[str, Operation] = {
    "a new table": migrations.CreateModel("Fresh", [("id", models.BigAutoField(primary_key=True))]),
    "a column that may be empty": migrations.AddField("thing", "new", models.IntegerField(null=True)),
    "a column that fills itself": migrations.AddField("thing", "new", models.IntegerField(db_default=1)),
    "more room": migrations.AlterField("thing", "narrow", models.CharField(max_length=6)),
    "other choices": migrations.AlterField("thing", "narrow", models.CharField(max_length=5, choices=[("a", "A")])),
    "NULL from now on": migrations.AlterField("thing", "narrow", models.CharField(max_length=5, null=True)),
    "other words": migrations.AlterModelOptions("thing", {"verbose_name": "thing"}),
    "room for updates": LeaveRoomForUpdates("thing", filled=50),
}


def migration_of(*operations: Operation, **attributes: object) -> tuple[Migration, ProjectState]:
    state = ProjectState()
    state.add_model(ModelState("companies", "Thing", [("narrow", NARROW), ("wide", WIDE)]))
    migration = Migration("0099_it", "companies")
    for name, value in {**attributes, "operations": list(operations)}.items():
        setattr(migration, name, value)
    return migration, state


@pytest.mark.parametrize("what", DANGEROUS)
def test_the_check_sees_each_danger(what: str) -> None:
    assert len(dangers_of(*migration_of(DANGEROUS[what]))) == 1


@pytest.mark.parametrize("what", HARMLESS)
def test_the_check_lets_pass(what: str) -> None:
    assert dangers_of(*migration_of(HARMLESS[what])) == []


def test_an_index_that_is_built_online_passes() -> None:
    index = DANGEROUS["an index built inside a transaction"]
    assert dangers_of(*migration_of(index, atomic=False)) == []


def test_a_reason_for_people_lets_pass_what_a_machine_cannot_judge() -> None:
    assert dangers_of(*migration_of(DANGEROUS["code"], side_by_side="It fills a table that is new.")) == []


def test_in_a_table_that_is_new_everything_is_allowed() -> None:
    fresh = HARMLESS["a new table"]
    index = migrations.AddIndex("fresh", models.Index(fields=["id"], name="i"))
    assert dangers_of(*migration_of(fresh, index)) == []
