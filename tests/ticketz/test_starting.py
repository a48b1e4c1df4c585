"""An unsafe configuration ends the process with one line that an operator can act upon."""

import re
from pathlib import Path

import pytest

from tests.ticketz.started import GOOD, ROOT, start

WEB = ["-c", "import ticketz.wsgi"]


@pytest.mark.parametrize("command", [WEB, ["-m", "celery", "-A", "ticketz", "report"], ["manage.py", "check"]])
def test_a_good_configuration_starts(tmp_path: Path, command: list[str]) -> None:
    started = start(tmp_path, command)
    assert started.returncode == 0, started.stderr
    assert "Traceback" not in started.stderr


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"DEBUG": "1"}, "DEBUG is on"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"FIELD_ENCRYPTION_KEYS": ""}, "FIELD_ENCRYPTION_KEYS is not set"),
        ({"FIELD_ENCRYPTION_KEYS": " , "}, "FIELD_ENCRYPTION_KEYS is not set"),
        ({"FIELD_ENCRYPTION_KEYS": "not a key"}, "no Fernet key"),
        ({"FIELD_ENCRYPTION_KEYS": GOOD["FIELD_ENCRYPTION_KEYS"] + ",kéy"}, "no Fernet key"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is open"),
        ({"ALLOWED_HOSTS": "tickets.example.com, *"}, "ALLOWED_HOSTS is open"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is open"),
        ({"DATABASE_URL": "postgre://me:very-private@db/ticketz"}, "DATABASE_URL must begin"),
        ({"DATABASE_URL": "postgres://me:very-private@db:port/ticketz"}, "DATABASE_URL can't be read"),
        ({"EMAIL_URL": "mail.example.com"}, "EMAIL_URL can't be read"),
        ({"EMAIL_URL": "smtp://me:very-private@mail.example.com:port"}, "EMAIL_URL can't be read"),
        ({"TIME_ZONE": "Lisbon"}, "TIME_ZONE is no name"),
        ({"MONITORING_TOKEN": "guess me"}, "MONITORING_TOKEN is shorter"),
        ({"SECRET_KEY_FILE": "/very-private"}, "SECRET_KEY and SECRET_KEY_FILE are both set"),
        ({"REDIS_URL_FILE": "/very-private"}, "the file that REDIS_URL_FILE names can't be read"),
        ({"FIELD_ENCRYPTION_KEYS": "", "FIELD_ENCRYPTION_KEYS_FILE": "README.md"}, "no Fernet key"),
        ({"FIELD_ENCRYPTION_KEYS": "", "FIELD_ENCRYPTION_KEYS_FILE": "/dev/null"}, "FIELD_ENCRYPTION_KEYS is not set"),
        ({"TRUSTED_PROXY_COUNT": "many"}, "TRUSTED_PROXY_COUNT must be"),
        ({"WHMCS_PAGES_IN_FLIGHT": "5"}, "WHMCS_PAGES_IN_FLIGHT is a number from 1 to 4"),
    ],
)
def test_a_web_server_refuses_to_start_with_one_line(tmp_path: Path, changes: dict[str, str], sentence: str) -> None:
    started = start(tmp_path, WEB, **changes)
    assert started.returncode != 0
    assert sentence in started.stderr
    assert len(started.stderr.splitlines()) == 1, started.stderr
    assert "very-private" not in started.stderr


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "REDIS_URL", "EMAIL_URL", "TIME_ZONE", "WHMCS_TRUSTED_HOSTS", "VAR_DIR"]
)
def test_an_empty_variable_is_one_that_is_not_set(tmp_path: Path, name: str) -> None:
    started = start(tmp_path, WEB, **{name: ""})
    assert (started.returncode, started.stderr) == (0, "")


def test_gunicorn_gives_up_instead_of_starting_one_worker_after_the_other(tmp_path: Path) -> None:
    started = start(tmp_path, ["-m", "gunicorn", "ticketz.wsgi", "--bind", "127.0.0.1:0"], DEBUG="1")
    assert started.returncode != 0
    assert "DEBUG is on" in started.stderr
    assert len(started.stderr.splitlines()) == 1, started.stderr


def test_the_worker_and_the_commands_refuse_to_start_without_keys(tmp_path: Path) -> None:
    for command in (["-m", "celery", "-A", "ticketz", "worker"], ["manage.py", "check"]):
        started = start(tmp_path, command, FIELD_ENCRYPTION_KEYS="")
        assert started.returncode != 0
        assert len(started.stderr.splitlines()) == 1, started.stderr


WORKER_BEFORE_IT_FORKS = "from ticketz.celery import app; app.Worker(pool='solo')"


@pytest.mark.parametrize("begin", ["import ticketz.wsgi", WORKER_BEFORE_IT_FORKS])
def test_the_collector_of_garbage_passes_by_what_was_loaded(tmp_path: Path, begin: str) -> None:
    started = start(tmp_path, ["-W", "ignore", "-c", f"import gc; {begin}; print(gc.get_freeze_count())"])
    assert int(started.stdout.split()[-1]) > 50_000, started.stderr


def test_no_refusal_prints_a_key(tmp_path: Path) -> None:
    started = start(tmp_path, WEB, FIELD_ENCRYPTION_KEYS="nearly-a-key", SECRET_KEY="very-private")
    assert "nearly-a-key" not in started.stderr + started.stdout
    assert "very-private" not in started.stderr + started.stdout


def test_every_name_that_is_read_stands_in_the_example(tmp_path: Path) -> None:
    read = {
        name
        for file in (ROOT / "ticketz").glob("*.py")
        for name in re.findall(r'\b(?:env\.\w+|load_\w+)\(\s*"([A-Z_]+)"', file.read_text())
    }
    example = (ROOT / ".env.example").read_text()
    explained = set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE))
    assert len(read) > 10
    assert read == explained
