"""The honest API: from a call to a reply, for the two actions of the role."""

from sandbox.access import AccessList
from sandbox.client_details import build_client, build_stats, encode_client
from sandbox.generations import Generation
from sandbox.interference import HONEST, Interference
from sandbox.listing import ProductListing
from sandbox.records import Client
from sandbox.shop import Shop
from sandbox.wire import Call, Reply, error_reply

API_PATH = "/includes/api.php"


class Api:
    """Answers calls about one shop. `generation` may be exchanged at any time."""

    def __init__(self, shop: Shop, access: AccessList, generation: Generation) -> None:
        self.shop = shop
        self.access = access
        self.generation = generation
        self._listing = ProductListing(shop)

    def answer(self, call: Call, interference: Interference = HONEST) -> Reply:
        """Return the reply to a call; whatever is wrong with the call is said in the reply."""
        reply = interference.replace_reply(call) or self._refuse(call)
        if reply is None and call.action == "getclientsproducts":
            reply = self._listing.answer(call, self.generation, interference)
        return interference.change_reply(reply or self._client_details(call, interference))

    def _refuse(self, call: Call) -> Reply | None:
        if API_PATH + API_PATH in call.path:
            # WHMCS takes the doubled path for an admin page and answers before it looks at the credentials.
            return error_reply("An admin user is required")
        return self.access.refuse(call)

    def _client_details(self, call: Call, interference: Interference) -> Reply:
        if not call.params.get("clientid") and not call.params.get("email"):
            return error_reply("Either clientid Or email Is Required")
        client = self._find_client(call)
        if client is None:
            return error_reply("Client Not Found")
        generation = self.generation
        columns = build_client(client, generation)
        interference.change_client(client.id, columns)
        stats = build_stats(self.shop.services_of(client.id)) if call.params.get("stats") else None
        return Reply(body=encode_client(columns, stats, generation).encode("ascii"))

    def _find_client(self, call: Call) -> Client | None:
        client_id = call.params.get("clientid", "")
        if client_id:
            return self.shop.clients.get(int(client_id)) if client_id.isdecimal() and len(client_id) < 19 else None
        return self.shop.client_by_email(call.params["email"])
