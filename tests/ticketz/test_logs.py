"""Lines of a log: one object in each, what it is about, and no secret, whoever writes it."""

import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from billing import sync, tasks
from billing.models import SyncRun
from companies.authentication.links import set_password_url
from companies.authorization.gates import public
from sandbox import SandboxServer, Shop, faults
from tests.billing.factories import gateway_for
from tests.companies.factories import make_company, make_person, sign_in
from tests.ticketz.web_server import ROOT, serving, surroundings
from ticketz.logs.context import enter_request
from ticketz.logs.lines import JsonFormatter, OneLineFormatter
from ticketz.logs.redaction import redact

pytestmark = pytest.mark.django_db(transaction=True)


@public
def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("password='Ca&rt-K4n4ry-2b8e64'")


urlpatterns = [path("breaks/", breaks)]


@pytest.fixture
def written() -> Iterator[StringIO]:
    """All lines from here on, as a process with LOG_FORMAT=json writes them."""
    stream = StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    handler.setFormatter(JsonFormatter())
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    enter_request(RequestFactory().get("/"))


def entries(stream: StringIO, logger: str = "") -> list[dict[str, Any]]:
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [entry for entry in found if entry["logger"].startswith(logger)]


def test_a_line_is_one_object_with_time_level_logger_and_message(written: StringIO) -> None:
    logging.getLogger("a.logger").warning("two\nlines and \x1b[2J an %s", "argument", extra={"company_ids": [3, 4]})
    (entry,) = entries(written, "a.logger")
    assert datetime.fromisoformat(entry["time"]).utcoffset() is not None
    assert (entry["level"], entry["message"]) == ("WARNING", "two\nlines and \x1b[2J an argument")
    assert entry["company_ids"] == [3, 4]
    assert "\x1b" not in written.getvalue()


def test_lines_of_a_run_tell_which_run_of_which_gateway_and_which_task(written: StringIO) -> None:
    with SandboxServer(shop=Shop()) as whmcs:
        gateway = gateway_for(whmcs)
        whmcs.faults.always(faults.authentication_failed())
        result = tasks.sync_gateway.apply((gateway.pk, "schedule"))
    run = SyncRun.objects.get()
    told = entries(written, "billing.sync")
    assert told
    assert {(entry["gateway"], entry["run_id"], entry["task_id"]) for entry in told} == {("Shop", run.pk, result.id)}
    logging.getLogger("billing.sync").info("afterwards")
    assert {"run_id", "task_id"}.isdisjoint(entries(written)[-1])


def test_lines_of_a_request_tell_its_number_and_the_company(written: StringIO) -> None:
    company = make_company()
    client = sign_in(make_person(company=company))
    answer = client.get("/team/nobody/role/", headers={"X-Request-ID": "from-the-proxy.1"})
    assert answer["X-Request-ID"] == "from-the-proxy.1"
    entry = entries(written, "django.request")[-1]
    assert (entry["request_id"], entry["company_id"]) == ("from-the-proxy.1", company.pk)


@pytest.mark.parametrize(
    "shown", ["", "short", "x" * 129, "a b c d e f g", 'quote"quote"', "línea-1234", "<script>1234"]
)
def test_a_number_that_is_not_sane_is_replaced(shown: str) -> None:
    answers = [Client().get("/healthz", headers={"X-Request-ID": shown})["X-Request-ID"] for _ in range(2)]
    assert answers[0] != answers[1]
    assert all(len(number) == 32 and number.isalnum() for number in answers)


def test_an_exception_is_one_field_without_what_was_typed(written: StringIO) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        answer = Client(raise_request_exception=False).get("/breaks/")
    assert answer.status_code == 500
    entry = entries(written, "django.request")[-1]
    assert entry["request_id"] == answer["X-Request-ID"]
    assert entry["exception"].startswith("Traceback")
    assert entry["exception"].count("\n") > 2
    assert "K4n4ry" not in written.getvalue()


def secrets() -> list[str]:
    person = make_person()
    link = set_password_url(person)
    return [
        settings.SECRET_KEY, settings.FIELD_ENCRYPTION_KEYS[0], "redis://:K4n4ry-1234@host/0",
        "postgres://me:K4n4ry-1234@host/db", "Authorization: Bearer K4n4ry-1234", "password=K4n4ry-1234",
        "{'api_secret': 'K4n4ry 1234'}", '"token": "K4n4ry-1234"', person.password,
        'Failing row contains (7, K4n4ry-1234, null).', "Key (email)=(K4n4ry-1234) already exists.",
        link, "/accounts/password/reset/key/1-K4n4ry-1234567/",
    ]  # fmt: skip


def test_what_is_or_looks_like_a_secret_is_struck_out_in_both_looks() -> None:
    for secret in secrets():
        for formatter in (JsonFormatter(), OneLineFormatter("%(message)s")):
            record = logging.LogRecord("x", logging.INFO, "x.py", 1, "before %s after", (secret,), None)
            line = formatter.format(record)
            assert "***" in line, secret
            assert "before" in line
            assert secret not in line
            assert "K4n4ry" not in line, line


@pytest.mark.parametrize(
    "text",
    ["Shop: complete, 3 seen, 0 created", "Password needed by 3 owners", "/accounts/password/reset/ is asked for",
     "https://billing.example.com/clientarea.php", "10:04:12 it was", "The token of monitoring is missing"],
)  # fmt: skip
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_gunicorn_writes_the_same_lines_and_one_for_each_request(tmp_path: Path) -> None:
    output = tmp_path / "log"
    link = set_password_url(make_person()).removeprefix(settings.SITE_URL)
    with serving(surroundings(LOG_FORMAT="json"), output, workers=1) as address:
        answer = requests.get(f"{address}{link}?password=K4n4ry", headers={"Referer": "http://x/K4n4ry"}, timeout=120)
    lines = [json.loads(line) for line in output.read_text().splitlines()]
    assert {"gunicorn.error", "gunicorn.access"} <= {line["logger"] for line in lines}
    (line,) = (line for line in lines if line.get("request_id") == answer.headers["X-Request-ID"])
    assert (line["method"], line["path"], line["status"]) == ("GET", "/welcome/***/", 200)
    assert line["seconds"] > 0
    assert "K4n4ry" not in output.read_text()
    assert link.split("/")[2] not in output.read_text()


def test_a_worker_writes_the_same_lines(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "celery", "-A", "ticketz", "worker", "--pool", "solo"]
    output = tmp_path / "log"
    environment = surroundings(LOG_FORMAT="json", REDIS_URL="", VAR_DIR=str(tmp_path))
    with output.open("wb") as file:
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file)
        try:
            ends = time.monotonic() + 300
            while b" ready." not in output.read_bytes() and time.monotonic() < ends:
                time.sleep(0.1)
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(30)
    lines = [json.loads(line) for line in output.read_text().splitlines() if line.startswith("{")]
    assert any(line["logger"].startswith("celery") and " ready." in line["message"] for line in lines)


def test_two_runs_one_after_the_other_are_told_apart(written: StringIO) -> None:
    with SandboxServer(shop=Shop()) as whmcs:
        gateway = gateway_for(whmcs)
        runs = [sync.sync_gateway(gateway, trigger=SyncRun.Trigger.COMMAND) for _ in range(2)]
    assert [entry["run_id"] for entry in entries(written, "billing.sync")] == [run.pk for run in runs]
