"""The whole way: WHMCS's PHP calls a real server, and a purchase is open; a storm of calls leaves nothing behind."""

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from billing import tasks
from billing.hooks import secrets
from billing.models import GatewayHook, HeardMessage, ReadRequest, WhmcsGateway
from companies.models import Company
from sandbox import Shop
from tests.billing.conftest import Sync
from tests.integrations.storm import Storm
from tests.integrations.whmcs import INTEGRATION, NO_PHP, PAGE, Installation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def config(gateway: WhmcsGateway, run: Sync, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The file for WHMCS, as the gateway's page shows it, after a first complete reading."""
    run()
    monkeypatch.setattr(settings, "SITE_URL", live_server.url)
    return secrets.config_file(gateway, secrets.make(gateway))


@pytest.mark.skipif(NO_PHP, reason="no PHP here")
@pytest.mark.parametrize("options", [(), ("-d", "disable_functions=curl_exec")], ids=["curl", "sockets"])
def test_what_whmcs_s_php_tells_opens_the_purchase(
    config: str, shop: Shop, tmp_path_factory: pytest.TempPathFactory, options: tuple[str, ...]
) -> None:
    whmcs = Installation.at(tmp_path_factory.mktemp("whmcs"))
    whmcs.options = options
    whmcs.configure(config)
    assert "Ticketz took it" in whmcs.php(str(INTEGRATION / "ticketz-ping.php"), str(whmcs.root)).stdout
    service = shop.buy("Ana", "Souza", "ana@example.com", plan="Team", password="a good first one")
    paid = ("InvoicePaid", {"invoiceid": 80})
    page = whmcs.happen(paid, invoices={80: [("Hosting", service.id)]}, packages={service.id: 7})
    assert page == PAGE
    assert ReadRequest.objects.get().service_id == service.id
    tasks.read_requested_services(GatewayHook.objects.get().gateway_id)
    assert Company.objects.get().name == "Ana Souza"


def test_a_thousand_calls_at_once_are_answered_and_only_the_right_ones_are_noted(
    config: str, gateway: WhmcsGateway, shop: Shop
) -> None:
    services = [shop.buy("Client", str(n), f"c{n}@example.com", password="a good first one").id for n in range(3)]
    secret = next(word for word in config.split("'") if word.startswith("whsec_"))
    storm = Storm(secrets.address_of(gateway), secret, services)
    storm.blow()
    assert sum(sum(statuses.values()) for statuses in storm.statuses.values()) == 1000
    assert storm.believed() == []
    assert set(storm.statuses["right"]) <= {202, 503}
    assert {status for kind in ("forged", "torn", "too old", "unsigned") for status in storm.statuses[kind]} == {401}
    assert HeardMessage.objects.count() <= sum(storm.statuses["right"].values()) + storm.statuses["replayed"][202]
    assert ReadRequest.objects.count() <= len(services)
    tasks.read_requested_services(gateway.pk)
    assert Company.objects.count() == len(services)
