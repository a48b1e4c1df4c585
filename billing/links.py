"""Links into the administration of WHMCS, for an operator who is signed in there."""

from urllib.parse import urlencode

from billing.models import WhmcsGateway


def service_url(gateway: WhmcsGateway, *, client_id: int | None, service_id: int) -> str:
    """The page of one service; WHMCS finds the client by itself where we do not know it."""
    client = {"userid": client_id} if client_id is not None else {}
    return _url(gateway, "clientsservices.php", {**client, "id": service_id})


def client_url(gateway: WhmcsGateway, client_id: int) -> str:
    """The page of one client."""
    return _url(gateway, "clientssummary.php", {"userid": client_id})


def _url(gateway: WhmcsGateway, page: str, query: dict[str, int]) -> str:
    """An empty text where the gateway's base URL is none."""
    base = gateway.customer_url.removesuffix("/clientarea.php")
    return f"{base}/{gateway.admin_folder or 'admin'}/{page}?{urlencode(query)}" if base else ""
