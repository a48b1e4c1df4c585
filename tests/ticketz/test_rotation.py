"""Keys are rotated while Ticketz runs: no restart, no failed request, and in the end the old keys open nothing."""

import re
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
import requests
from cryptography.fernet import Fernet
from django.conf import settings
from django.test import Client

from billing.models import WhmcsGateway
from companies.authentication.links import set_password_url
from companies.models import User
from sandbox import SandboxServer, Shop
from tests.billing.factories import gateway_for
from tests.ticketz.web_server import ROOT, serving, surroundings

pytestmark = pytest.mark.django_db(transaction=True)
WORKS = "WHMCS knows the API identifier and the secret."


class Visitors:
    """Signed-in people who never stop clicking, each in a browser of their own."""

    def __init__(self, address: str) -> None:
        self.answers: Counter[int] = Counter()
        self._address = address
        self._is_over = threading.Event()
        browsers = [browser_of(User.objects.create_user(f"p{n}@example.com", "a long password")) for n in range(3)]
        self._threads = [threading.Thread(target=self._click, args=(browser,)) for browser in browsers]

    def _click(self, browser: requests.Session) -> None:
        while not self._is_over.is_set():
            page = browser.get(f"{self._address}/account/", timeout=120, allow_redirects=False)
            self.answers[page.status_code] += 1

    def __enter__(self) -> "Visitors":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def wait_for_more(self, number: int = 12) -> None:
        """So many more answers: each process has noticed by then, and says so with what it answers."""
        reached = self.answers.total() + number
        while self.answers.total() < reached:
            self._is_over.wait(0.02)


def browser_of(user: User) -> requests.Session:
    """A browser in which this person is signed in already."""
    client, browser = Client(), requests.Session()
    client.force_login(user)
    for name, cookie in client.cookies.items():
        browser.cookies.set(name, cookie.value, domain="127.0.0.1", path="/")
    return browser


@pytest.fixture
def operator() -> requests.Session:
    return browser_of(User.objects.create_superuser("root@example.com", "the operator's password"))


def press_test_connection(address: str, browser: requests.Session, gateway: WhmcsGateway) -> str:
    """What the page says that the server shows after *Test connection*: it decrypts the API secret for that."""
    url = f"{address}/admin/billing/whmcsgateway/{gateway.pk}/"
    form = browser.get(f"{url}change/", timeout=120).text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    assert token, form[:500]
    return browser.post(f"{url}test/", {"csrfmiddlewaretoken": token[1]}, headers={"Referer": url}, timeout=300).text


def renew(environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "renew_encryption"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "0 can't be decrypted" in done.stdout


def test_both_kinds_of_keys_are_rotated_under_traffic(operator: requests.Session, tmp_path: Path) -> None:
    signing, sealing = tmp_path / "signing", tmp_path / "sealing"
    old, new = (settings.SECRET_KEY, settings.FIELD_ENCRYPTION_KEYS[0]), ("n" * 60, Fernet.generate_key().decode())
    signing.write_text(old[0])
    sealing.write_text(old[1])
    environment = surroundings(
        SECRET_KEY="", SECRET_KEY_FILE=str(signing), FIELD_ENCRYPTION_KEYS="", FIELD_ENCRYPTION_KEYS_FILE=str(sealing)
    )
    with SandboxServer(shop=Shop()) as whmcs:
        gateway = gateway_for(whmcs)
        sealed = gateway.api_secret.token
        link = set_password_url(User.objects.create_user("late@example.com", None))
        with serving(environment, tmp_path / "log") as address, Visitors(address) as visitors:
            assert WORKS in press_test_connection(address, operator, gateway)
            signing.write_text(f"{new[0]}\n{old[0]}\n")
            sealing.write_text(f"{new[1]},{old[1]}")
            visitors.wait_for_more()
            assert WORKS in press_test_connection(address, operator, gateway)
            assert "password" in operator.get(link.replace(settings.SITE_URL, address), timeout=120).text
            renew(environment)
            signing.write_text(new[0])
            sealing.write_text(new[1])
            visitors.wait_for_more()
            assert WORKS in press_test_connection(address, operator, gateway)
            assert set(visitors.answers) == {200}, (tmp_path / "log").read_text()
    gateway.refresh_from_db()
    assert gateway.api_secret.token != sealed
    assert Fernet(new[1]).decrypt(gateway.api_secret.token.encode()).decode() == whmcs.secret
    log = (tmp_path / "log").read_text()
    assert "FIELD_ENCRYPTION_KEYS_FILE has changed: 2 keys are in use now" in log
    assert not any(key in log for key in (*old, *new))
