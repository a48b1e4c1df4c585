"""Links into WHMCS: into its administration for an operator, into its client area for a customer."""

from urllib.parse import urlencode

from billing.models import WhmcsGateway


def service_url(gateway: WhmcsGateway, *, client_id: int | None, service_id: int) -> str:
    """The page of one service; WHMCS finds the client by itself where we do not know it."""
    client = {"userid": client_id} if client_id is not None else {}
    return _url(gateway, "clientsservices.php", {**client, "id": service_id})


def client_url(gateway: WhmcsGateway, client_id: int) -> str:
    """The page of one client."""
    return _url(gateway, "clientssummary.php", {"userid": client_id})


def customer_service_url(customer_url: str, service_id: int) -> str:
    """A customer's own page of one service, with what leads from there: invoices, another plan, cancelling.

    Empty where it is not known where customers pay.
    """
    query = urlencode({"action": "productdetails", "id": service_id})
    return f"{customer_url}?{query}" if customer_url else ""


def customer_order_url(customer_url: str, product_code: int) -> str:
    """Where customers order what a gateway watches (WHMCS documentation, "Linking to WHMCS"); empty as above."""
    query = urlencode({"a": "add", "pid": product_code})
    return f"{_base(customer_url)}/cart.php?{query}" if customer_url else ""


def _url(gateway: WhmcsGateway, page: str, query: dict[str, int]) -> str:
    """An empty text where the gateway's base URL is none."""
    base = _base(gateway.customer_url)
    return f"{base}/{gateway.admin_folder or 'admin'}/{page}?{urlencode(query)}" if base else ""


def _base(customer_url: str) -> str:
    return customer_url.removesuffix("/clientarea.php")
