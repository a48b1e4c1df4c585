"""What goes to Sentry and to a collector of traces, tried with receivers of our own: kinds and places, no more."""

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.proofs.leaks import Hunt
from tests.ticketz.web_server import ROOT, surroundings

pytestmark = pytest.mark.django_db(transaction=True)
CANARIES = {
    "cart password": 'Ca&rt"<é>-K4n4ry-2b8e64',
    "API secret": 'Se&cret"<é>-K4n4ry-7d1f93',
    "person": "k4n4ry.person@example.com",
    "token of a link": "K4n4ryToken1234567890",
}
# Everything that can go wrong while somebody's secrets are at hand, in a process of its own.
TROUBLE = """
import logging, sys
import django
django.setup()
from django.db import connection
from django.test import Client
from django.urls import path
from companies.authorization.gates import public
from ticketz import urls
from ticketz.celery import app

PASSWORD, SECRET, PERSON, TOKEN = sys.argv[1:]

@public
def breaks(request, token=""):
    password, form = PASSWORD, dict(request.POST)
    logging.getLogger("billing.sync").error("password %s of %s", password, PERSON)
    logging.getLogger("somebody").error(f"a line that is no template: {password}")
    try:
        raise ValueError(f"can't read {password!r} of {PERSON}")
    except ValueError as error:
        raise RuntimeError(SECRET) from error

@app.task(name="breaks")
def broken_task(password=PASSWORD):
    raise RuntimeError(f"{password} {SECRET}")

def refuse(execute, sql, params, *details):
    if sql.startswith(("INSERT", "UPDATE", "SELECT")) and "companies_user" in sql:
        raise RuntimeError(f"Failing row contains ({params}, {PASSWORD})")
    return execute(sql, params, *details)

urls.urlpatterns += [path("breaks/<str:token>/", breaks)]
shown = {"Host": "localhost", "Cookie": f"a={SECRET}", "Authorization": f"Bearer {SECRET}"}
client = Client(raise_request_exception=False, headers=shown)
form = {"login": PERSON, "password": PASSWORD}
assert client.post(f"/breaks/{TOKEN}/?q={PASSWORD}", form).status_code == 500
assert client.get(f"/nothing/{TOKEN}?q={PASSWORD}").status_code == 404
with connection.execute_wrapper(refuse):
    assert client.post("/accounts/login/", form).status_code == 500
broken_task.apply(throw=False)
if "sentry_sdk" in sys.modules:
    import sentry_sdk
    sentry_sdk.flush(20)
if "opentelemetry.sdk.trace" in sys.modules:
    from opentelemetry import trace
    trace.get_tracer_provider().force_flush()
"""


class Receiver:
    """Takes whatever is sent to it, unpacked."""

    def __init__(self) -> None:
        received = self.received = []  # type: list[bytes]

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                unpacked = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
                received.append(self.path.encode() + b"\n" + str(self.headers).encode() + unpacked)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"

    @property
    def all(self) -> bytes:
        return b"\n".join(self.received)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever)
    thread.start()
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


def run(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=surroundings(**environment), capture_output=True, text=True, timeout=300, check=False
    )


def leaks(receiver: Receiver) -> list[str]:
    hunt = Hunt(CANARIES)
    hunt.add("what was sent", receiver.all)
    return hunt.finds()


def test_errors_arrive_with_kind_and_place_and_without_a_word_that_somebody_typed(receiver: Receiver) -> None:
    done = run(TROUBLE, *CANARIES.values(), SENTRY_DSN=f"http://public@{receiver.address}/1")
    assert done.returncode == 0, done.stderr
    for text in (
        b"RuntimeError",
        b"ValueError",
        b'"function":"breaks"',
        b"companies.views",
        b"request_id",
        b"ticketz@",
    ):
        assert text in receiver.all, text
    assert b"password %s of %s" in receiver.all
    assert leaks(receiver) == []


def test_traces_arrive_with_pattern_and_outcome_and_nothing_else(receiver: Receiver) -> None:
    done = run(TROUBLE, *CANARIES.values(), OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{receiver.address}")
    assert done.returncode == 0, done.stderr
    assert receiver.received[0].startswith(b"/v1/traces\n")
    for text in (b"breaks/<str:token>/", b"accounts/login/", b"ticketz", b"http.status_code"):
        assert text in receiver.all, text
    assert leaks(receiver) == []


@pytest.mark.parametrize(
    ("name", "value", "module", "words"),
    [
        ("SENTRY_DSN", "http://very-private@127.0.0.1:1/1", "sentry_sdk", "errors are not sent"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1", "opentelemetry", "traces are not sent"),
    ],
)
def test_without_the_package_there_is_one_line_and_everything_runs(
    name: str, value: str, module: str, words: str
) -> None:
    script = f"import sys; sys.modules[{module!r}] = None; import django; django.setup()"
    done = run(script, **{name: value})
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert f"{name} is set, but {words}: {module} is not installed. Run: pip install -r requirements-" in done.stderr
    assert "very-private" not in done.stderr


def test_nothing_of_it_is_loaded_where_nobody_asks_for_it() -> None:
    mine = ("sentry_sdk", "opentelemetry.instrumentation", "ticketz.telemetry.errors", "ticketz.telemetry.traces")
    done = run(f"import sys, django; django.setup(); print([name for name in {mine} if name in sys.modules])")
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize("name", ["sentry", "otel"])
def test_what_is_optional_is_pinned_and_no_part_of_the_base(name: str) -> None:
    lines = {
        file: {line.split(" ;")[0].strip() for line in (ROOT / file).read_text().splitlines() if "==" in line}
        for file in (f"requirements-{name}.txt", "requirements.txt", "requirements-dev.txt")
    }
    optional, base, tests = lines.values()
    assert optional
    assert not {line.split("==")[0] for line in optional - base} & {line.split("==")[0] for line in base}
    assert optional <= tests
