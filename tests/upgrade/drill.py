"""The story of an upgrade, from the first process of the old version to the last check of what both have done."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from sandbox import DEFAULT_CATALOGUE, TICKETZ_PID, SandboxServer, Shop
from tests.upgrade.door import BalancedDoor, Door, SharedDoor, listening, url_of
from tests.upgrade.previous import ROOT, unpack
from tests.upgrade.stores import Stores
from tests.upgrade.traffic import OPERATOR, OPERATORS_PASSWORD, PASSWORD, Traffic
from tests.upgrade.truth import Truth
from tests.upgrade.version import Version
from tests.upgrade.visitor import Visitor

# As both versions know it: a gateway that reads as often as it may, plans, an operator.
SEED = """
from billing.models import WhmcsGateway
from companies.models import User
from plans.models import Plan
for name in {plans!r}:
    Plan.objects.create(name=name, users=50)
User.objects.create_superuser({operator!r}, {password!r}, name="Operator")
WhmcsGateway.objects.create(
    name="Shop", base_url={url!r}, api_identifier={identifier!r}, api_secret={secret!r}, product_code={product!r},
    interval_seconds=10, is_enabled=True,
)
"""
CUSTOMERS = ("Ana", "Bruno", "Carla", "Diego", "Elena", "Fabio")
LONGEST = 300.0


class Drill:
    """One upgrade from `old` to what stands here, under traffic. `say` gets a line at each step."""

    def __init__(self, old: str, stores: Stores, folder: Path, say: Callable[[str], None]) -> None:
        self._say = say
        self._folder = folder
        self._shop = Shop()
        self._door = listening()
        self._balanced = BalancedDoor()
        doors: list[Door] = [SharedDoor(url_of(self._door)), self._balanced]
        self.traffic = Traffic(self._shop, doors)
        self._truth = Truth(stores.database_url, self._shop)
        logs = folder / "logs"
        logs.mkdir(parents=True)
        environment = environment_of(stores, folder)
        self.old = Version("old", unpack(old, folder / "old"), environment, self._door, logs)
        self.new = Version("new", ROOT, environment, self._door, logs)

    def run(self) -> None:
        """Raises AssertionError where a visitor met a failure, or anything was lost or done twice."""
        with self._open_shop() as whmcs:
            self._begin(whmcs)
            try:
                self._upgrade()
            finally:
                self.traffic.stop()
            self._ensure_well()

    def _begin(self, whmcs: SandboxServer) -> None:
        self._say("the old version starts, and its customers are read")
        self.old.manage("migrate", "--verbosity=0")
        self.old.manage("shell", stdin=_seed(whmcs))
        self.old.serve_at_the_shared_door()
        self.old.serve_beside()
        self._balanced.lead_to(self.old.url)
        self.old.start_background()
        self._truth.wait_until_all_is_here()

    def _upgrade(self) -> None:
        self.traffic.start()
        self._until_more(self.old.served, 60)
        self._say("the new version migrates, while the old one serves")
        self.new.manage("migrate", "--verbosity=0")
        self._until_more(self.old.served, 60)
        self._say("the new version starts beside the old one, and half of the visitors move to it")
        self.new.serve_beside()
        self.new.start_background()
        self._balanced.lead_to(self.new.url)
        self._until_more(self.new.served, 60)
        self._until_more(self._truth.runs, 1)
        self._until_more(self.old.served, 60)
        self._say("the old version is asked to end")
        self._end_old()
        self._until_more(self.new.served, 120)
        self._until_more(self._truth.runs, 1)

    def _end_old(self) -> None:
        self.old.ensure_alive()
        self.new.ensure_alive()
        statuses = self.old.ask_to_end("shared", "web", "worker", "beat")
        assert set(statuses.values()) == {0}, f"the old version did not end well: {statuses}"
        self.new.serve_at_the_shared_door()

    def _ensure_well(self) -> None:
        self._say("everything is looked through")
        self._truth.wait_until_all_is_here()
        self.new.ensure_alive()
        assert self.traffic.book.failures == [], "\n".join(self.traffic.book.failures[:20])
        self._truth.ensure_once_and_whole(self.traffic.manager, self.traffic.acts)
        late = [client.email for client in self._shop.clients.values() if client.email.endswith("@late.example")]
        for email in (late[0], late[-1]):
            Visitor("late", self._balanced, self.traffic.book).sign_in(email, PASSWORD)
        for version in (self.old, self.new):
            assert version.complaints() == [], f"{version.name}: {version.complaints()[:10]}"

    def _until_more(self, count: Callable[[], int], more: int) -> None:
        """Wait until it has grown by that much."""
        enough, ends = count() + more, time.monotonic() + LONGEST
        while count() < enough:
            assert time.monotonic() < ends, f"nothing goes on: {self.traffic.book.failures[:5]}"
            time.sleep(0.1)

    @contextmanager
    def _open_shop(self) -> Iterator[SandboxServer]:
        for name in CUSTOMERS:
            self._shop.buy(name, "Old", f"{name.lower()}@old.example", plan="Business", password=PASSWORD)
        with self._door, SandboxServer(self._shop) as whmcs:
            try:
                yield whmcs
            finally:
                self.old.kill()
                self.new.kill()


def _seed(whmcs: SandboxServer) -> str:
    return SEED.format(
        plans=[plan.name for plan in DEFAULT_CATALOGUE[TICKETZ_PID].plans],
        operator=OPERATOR, password=OPERATORS_PASSWORD, url=whmcs.url, identifier=whmcs.identifier,
        secret=whmcs.secret, product=TICKETZ_PID,
    )  # fmt: skip


def environment_of(stores: Stores, folder: Path) -> dict[str, str]:
    """The same for both versions, as it is where only the code is exchanged; nothing of this process's own."""
    system = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    (folder / "mail").mkdir(parents=True)
    return {
        **system,
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": stores.database_url,
        "REDIS_URL": stores.redis_url,
        "VAR_DIR": str(folder / "var"),
        "EMAIL_URL": f"filemail:///{folder / 'mail'}",
        "WHMCS_TRUSTED_HOSTS": "127.0.0.1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
