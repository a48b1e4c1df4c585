"""Dockerfile, compose.yaml and the systemd units do what they say, as far as that shows without engine and systemd.

What does not show here is told in docs/deploy.md.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.container.dockerfile import left_out, left_out_patterns, parse
from tests.container.image import ROOT
from tests.container.play import Play
from tests.container.units import UNITS, commands_of, environment_of_unit, read_compose, read_unit
from tests.upgrade.stores import DATABASE_URL, ON_SERVICES, REDIS_URL, prepared
from ticketz import settings

OURS = ("migrate", "web", "worker", "beat", "sandbox")
SERVICE_UNITS = sorted(path.name for path in UNITS.glob("*.service"))
CAN_PLAY = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("unshare") and shutil.which("systemd-analyze")


@pytest.mark.skipif(not ON_SERVICES, reason="the image's processes need PostgreSQL and Redis")
@pytest.mark.skipif(not CAN_PLAY, reason="only root on Linux may mount, and systemd-analyze is needed")
def test_image_compose_and_units_play(tmp_path: Path) -> None:
    with prepared(DATABASE_URL, REDIS_URL) as stores:
        environment = {**os.environ, "DATABASE_URL": stores.database_url, "REDIS_URL": stores.redis_url}
        command = ["unshare", "--mount", "--propagation", "private", sys.executable, "-m", "tests.container.play"]
        played = subprocess.run(
            [*command, str(tmp_path)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
    assert played.returncode == 0, played.stdout[-1000:] + played.stderr[-3000:]
    done = [line.split()[1] for line in played.stdout.splitlines() if line.startswith("done: ")]
    assert done == [name for name in vars(Play) if name in done]
    assert len(done) == 11


def test_the_image_runs_as_nobody_in_particular() -> None:
    build, final = parse(ROOT / "Dockerfile")
    assert build.name == "build"
    assert final.last("USER").rest == "10001:10001"
    assert f"--uid {10001}" in " ".join(one.rest for one in final.instructions if one.word == "RUN")
    assert not [one for one in final.instructions if one.word == "RUN" and "pip" in one.rest]


@pytest.mark.parametrize("name", [".env", "secrets/secret_key", ".git/config", "var/demo/x", "a/__pycache__/b.pyc"])
def test_what_is_private_stays_out_of_the_image(name: str) -> None:
    assert left_out(name, left_out_patterns())
    assert not left_out("billing/tasks.py", left_out_patterns())


def test_of_the_documents_the_image_holds_what_the_administration_shows() -> None:
    assert not left_out("docs/runbook/es/README.md", left_out_patterns())
    assert left_out("docs/operations.md", left_out_patterns())


def test_each_service_may_next_to_nothing() -> None:
    services = read_compose()["services"]
    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    assert [name for name, service in services.items() if "cap_add" in service] == ["postgres", "redis"]
    assert all(str(port).startswith("127.0.0.1:") for service in services.values() for port in service.get("ports", []))


def test_no_secret_stands_in_an_environment_of_compose() -> None:
    services = read_compose()["services"]
    named = {name for service in services.values() for name in service.get("environment", {})}
    assert not {name for name in named if name in {"SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "DATABASE_URL"}}
    assert not {name for name in named if "PASSWORD" in name and not name.endswith("_FILE")}


def test_all_of_ours_run_the_same_image_of_this_version() -> None:
    services = read_compose()["services"]
    assert {services[name]["image"] for name in OURS} == {f"ticketz:{settings.VERSION}"}


@pytest.mark.parametrize("name", SERVICE_UNITS)
def test_a_unit_runs_as_nobody_and_writes_to_its_own_folder_only(name: str) -> None:
    unit = read_unit(name)
    assert unit["DynamicUser"] == ["yes"]
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["CapabilityBoundingSet"] == [""]
    assert environment_of_unit(name)["VAR_DIR"] == "/var/lib/" + unit["StateDirectory"][0].split()[0]


def test_what_works_on_the_tables_does_not_start_before_they_are_migrated() -> None:
    for name in ("ticketz-web.service", "ticketz-worker.service"):
        assert commands_of(name, "ExecStartPre")[0][-2:] == ["migrate", "--check"]
    needs = {name: set(read_compose()["services"][name].get("depends_on", {})) for name in ("web", "worker", "beat")}
    assert all("migrate" in needed for needed in needs.values())
