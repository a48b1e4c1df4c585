"""A gateway that listens, and a WHMCS that tells it something."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook

from billing.hooks import refused
from billing.hooks import secrets as hook_secrets
from billing.models import WhmcsGateway
from tests.billing.conftest import Sync
from ticketz.celery import app


@dataclass
class Teller:
    """Whoever calls the address. What is not given is as it should be."""

    gateway: WhmcsGateway
    secret: str = ""
    client: Client = field(default_factory=Client)

    @property
    def path(self) -> str:
        return f"/hooks/whmcs/{self.gateway.uid}/"

    def sign(
        self, body: bytes, *, at: datetime | None = None, message_id: str = "", secret: str = ""
    ) -> dict[str, str]:
        moment = datetime.fromtimestamp(int((at or timezone.now()).timestamp()), tz=UTC)
        name = message_id or f"msg_{secrets.token_hex(12)}"
        signature = Webhook(secret or self.secret).sign(name, moment, body.decode())
        return {
            "webhook-id": name, "webhook-timestamp": str(int(moment.timestamp())), "webhook-signature": signature,
        }  # fmt: skip

    def post(self, body: bytes, headers: dict[str, str], *, path: str = "") -> HttpResponse:
        answer = self.client.post(path or self.path, body, content_type="application/json", headers=headers)
        assert isinstance(answer, HttpResponse)
        return answer

    def tell(self, *services: int, **signed: Any) -> int:
        """The status of the answer to a message that these services have changed."""
        body = changed(*services)
        return self.post(body, self.sign(body, **signed)).status_code


def changed(*services: int) -> bytes:
    return json.dumps({"type": "service.changed", "data": {"services": services}}).encode()


@pytest.fixture(autouse=True)
def _a_process_that_has_refused_nobody() -> Iterator[None]:
    refused.forget()
    yield
    refused.forget()


@pytest.fixture
def no_worker() -> None:
    """Messages are taken, and nobody acts on them."""


@pytest.fixture(autouse=True)
def _at_once(request: pytest.FixtureRequest) -> Iterator[None]:
    app.conf.task_always_eager = "no_worker" not in request.fixturenames
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def teller(gateway: WhmcsGateway, run: Sync) -> Teller:
    """WHMCS, with the secret, after a first complete reading."""
    run()
    return Teller(gateway, hook_secrets.make(gateway))
