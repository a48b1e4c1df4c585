"""Which page answers which address."""

from importlib.resources import files
from urllib.parse import parse_qsl

from sandbox.faults.plan import FaultPlan
from sandbox.pages.admin import Admin
from sandbox.pages.cart import Cart
from sandbox.pages.clientarea import ClientArea
from sandbox.shop import Shop
from sandbox.wire import Call, Reply

CSS = files("sandbox.pages").joinpath("sandbox.css").read_bytes()


class Pages:
    """All pages of a shop that lives under `prefix` and sells access to the Ticketz at `ticketz_url`."""

    def __init__(self, shop: Shop, faults: FaultPlan, prefix: str, ticketz_url: str) -> None:
        self._cart = Cart(shop, prefix, ticketz_url)
        self._area = ClientArea(shop, prefix)
        self._admin = Admin(shop, faults, prefix)

    def reply_to(self, call: Call, path: str) -> Reply | None:
        """Return the page at `path` (below the prefix), or None if there is none."""
        query = dict(parse_qsl(call.query_string, keep_blank_values=True, errors="replace"))
        if path == "/sandbox.css":
            return Reply(body=CSS, content_type="text/css; charset=utf-8")
        if path in ("/", "/index.php", "/cart.php"):
            return self._cart.order(call.params) if call.method == "POST" else self._cart.show(query)
        if path == "/clientarea.php":
            return self._area.act(call.params) if call.method == "POST" else self._area.show(query)
        if path in ("/admin/", "/admin", "/admin/index.php"):
            return self._admin.act(call.params) if call.method == "POST" else self._admin.show(query)
        if path in ("/admin/clientsservices.php", "/admin/clientssummary.php"):
            # WHMCS's own addresses of one service and of one client, where Ticketz's links lead.
            return self._admin.show({"service": query["id"]} if "id" in query else {"client": query.get("userid", "")})
        return None
