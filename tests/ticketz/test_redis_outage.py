"""While Redis is gone, or hangs, everybody signs in and works as before: only a worker is woken a little later.

A Redis of its own that is really killed, and the real web server.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from redis import Redis

ROOT = Path(__file__).resolve().parents[2]
BINARY = shutil.which("redis-server")
PATIENCE = 120  # seconds that a browser waits for an answer
PASSWORD = "correct horse battery"
SEED = f"""
import django; django.setup()
from datetime import timedelta
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.utils import timezone
from billing.models import Subscription, WhmcsGateway
from companies.models import BillingSource, Company, Membership, Role, User
from plans.models import Plan

call_command("migrate", verbosity=0)
now, encoded = timezone.now(), make_password({PASSWORD!r})
gateway = WhmcsGateway.objects.create(
    name="W", base_url="http://127.0.0.1:1", api_identifier="i", api_secret="s", product_code=7, confirmed_at=now
)
plan, source = Plan.objects.create(name="Pro", users=9), BillingSource.objects.get()
for number in range(12):
    days = -90 if number < 4 else 20
    company = Company.objects.create(
        name=f"C{{number}}", plan=plan, source=source, due_date=timezone.localdate() + timedelta(days=days)
    )
    Subscription.objects.create(
        gateway=gateway, service_id=number + 1, client_id=1, product_id=7, company=company, status="Active"
    )
    user = User.objects.create(email=f"p{{number}}@example.com", password=encoded)
    Membership.objects.create(user=user, company=company, role=Role.OWNER)
"""
STATES = ["there", "dead", "hanging", "back"]
# The first companies of those that are blocked, open, and whose owner's password is guessed; one for each state.
BLOCKED, OPEN, GUESSED = 0, len(STATES), 2 * len(STATES)

pytestmark = pytest.mark.skipif(
    BINARY is None and not os.environ.get("CI"), reason="There is no redis-server on this machine"
)


@dataclass
class OwnRedis:
    """One that nobody else uses, and that dies when told to."""

    port: int
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        command = [BINARY or "redis-server", "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for_port(self.port)

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        if number is signal.SIGKILL:
            self.process.wait()

    def messages(self) -> int:
        with Redis(port=self.port) as redis:
            return sum(redis.llen(key) for key in redis.scan_iter("celery*") if redis.type(key) == b"list")


class Browser:
    """One person, who came from an address of their own."""

    def __init__(self, port: int, address: str) -> None:
        self.site, self.session = f"http://127.0.0.1:{port}", requests.Session()
        self.session.headers["X-Forwarded-For"] = address

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.site + path, timeout=PATIENCE)

    def post(self, path: str, **typed: str) -> requests.Response:
        token = re.findall(r'csrfmiddlewaretoken" value="(\w+)"', self.get("/accounts/password/reset/").text)[0]
        return self.session.post(self.site + path, {"csrfmiddlewaretoken": token, **typed}, timeout=PATIENCE)

    def sign_in(self, number: int, password: str = PASSWORD) -> requests.Response:
        return self.post("/accounts/login/", login=f"p{number}@example.com", password=password)


@dataclass
class Site:
    port: int
    redis: OwnRedis
    visitors: int = 0

    def somebody(self) -> Browser:
        self.visitors += 1
        return Browser(self.port, f"10.0.0.{self.visitors}")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, redis, port = tmp_path_factory.mktemp("outage"), OwnRedis(free_port()), free_port()
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "ticketz.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "VAR_DIR": str(folder), "REDIS_URL": f"redis://127.0.0.1:{redis.port}/0", "TRUSTED_PROXY_COUNT": "1",
        "WHMCS_TRUSTED_HOSTS": "127.0.0.1", "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    subprocess.run([sys.executable, "-c", SEED], cwd=ROOT, env=environment, check=True)
    redis.start()
    command = [sys.executable, "-m", "gunicorn", "ticketz.wsgi", "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    web = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        wait_for_port(port)
        yield Site(port, redis)
    finally:
        web.terminate()
        web.wait()
        redis.send(signal.SIGCONT)
        redis.send(signal.SIGKILL)


@contextmanager
def trouble(redis: OwnRedis, state: str) -> Iterator[None]:
    """Redis in this state; afterwards it is as it was."""
    if state in {"dead", "back"}:
        redis.send(signal.SIGKILL)
    if state == "back":
        redis.start()
    if state == "hanging":
        redis.send(signal.SIGSTOP)
    yield
    if state == "dead":
        redis.start()
    if state == "hanging":
        redis.send(signal.SIGCONT)


@pytest.mark.parametrize("state", STATES)
def test_people_sign_in_work_are_slowed_down_and_ask_billing_whatever_redis_does(site: Site, state: str) -> None:
    number = STATES.index(state)
    with trouble(site.redis, state):
        owner = site.somebody()
        owner.sign_in(OPEN + number)
        assert owner.get("/team/").status_code == 200
        owner.post("/team/", email=f"new{number}@example.com", name="New", role="member")
        assert f"new{number}@example.com" in owner.get("/team/").text
        guesses = [site.somebody().sign_in(GUESSED + number, f"guess {n}").text for n in range(7)]
        assert ["Too many failed" in text for text in guesses] == [False] * 5 + [True] * 2
        debtor = site.somebody()
        assert debtor.sign_in(BLOCKED + number).status_code == 403
        assert "Billing was asked a moment ago" in debtor.post("/company/check/").text
        assert state in {"dead", "hanging"} or site.redis.messages() > 0
        assert owner.get("/").status_code == 200


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for_port(port: int) -> None:
    for _ in range(3_000):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("Nobody listens.")
