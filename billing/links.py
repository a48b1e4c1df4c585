"""Links into WHMCS: into its administration for operators, into its client area for customers."""

from urllib.parse import urlencode

from billing.models import WhmcsGateway


def service_url(gateway: WhmcsGateway, *, client_id: int | None, service_id: int) -> str:
    """The page of one service. Without a client id, WHMCS finds the client by itself."""
    client = {"userid": client_id} if client_id is not None else {}
    return _url(gateway, "clientsservices.php", {**client, "id": service_id})


def client_url(gateway: WhmcsGateway, client_id: int) -> str:
    """The page of one client."""
    return _url(gateway, "clientssummary.php", {"userid": client_id})


def customer_service_url(customer_url: str, service_id: int) -> str:
    """The customer's own page of one service, which leads to invoices, upgrades and cancelling.

    "" if it is unknown where customers pay.
    """
    query = urlencode({"action": "productdetails", "id": service_id})
    return f"{customer_url}?{query}" if customer_url else ""


def customer_order_url(customer_url: str, product_code: int) -> str:
    """Where customers order the gateway's product (WHMCS documentation, "Linking to WHMCS"); "" as above."""
    query = urlencode({"a": "add", "pid": product_code})
    return f"{_base(customer_url)}/cart.php?{query}" if customer_url else ""


def _url(gateway: WhmcsGateway, page: str, query: dict[str, int]) -> str:
    """ "" if the gateway's base URL is invalid."""
    base = _base(gateway.customer_url)
    return f"{base}/{gateway.admin_folder or 'admin'}/{page}?{urlencode(query)}" if base else ""


def _base(customer_url: str) -> str:
    return customer_url.removesuffix("/clientarea.php")
