"""Who may call: the IP list, then the credentials, then the role, each refused in WHMCS's words.

Sources: the error texts of darthsoup/php-whmcs-api and theorigamicorporation/toc-whmcs-mcp, the runbooks of
yashodhank/whmcs-mcp-server.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass

from sandbox.records import Credentials
from sandbox.wire import Call, Reply, error_reply

ROLE = frozenset({"getclientsproducts", "getclientsdetails"})
"""The actions of the role `querycustomer`."""

_OTHERS = """
    acceptorder addclient addorder addinvoicepayment cancelorder closeclient createinvoice decryptpassword
    deleteclient deleteorder encryptpassword getadmindetails getclients getclientsaddons getclientsdomains
    getclientpassword getinvoice getinvoices getorders getproducts getstats gettickets mergeticket modulecreate
    modulesuspend moduleterminate moduleunsuspend pendingorder sendemail updateclient updateclientproduct
    upgradeproduct whmcsdetails"""
OTHER_ACTIONS = frozenset(_OTHERS.split())
"""Actions that WHMCS has and the role has not."""


@dataclass(frozen=True, slots=True)
class AccessList:
    """`allowed_ips` None admits every address; `access_key` admits whoever sends it, past the IP list."""

    credentials: Credentials
    allowed_ips: Collection[str] | None = None
    access_key: str = ""

    def refuse(self, call: Call) -> Reply | None:
        """Return why the call is refused, or None for one that may go on."""
        return self._refuse_address(call) or self._refuse_credentials(call) or _refuse_action(call)

    def _refuse_address(self, call: Call) -> Reply | None:
        if self.allowed_ips is None or call.address in self.allowed_ips:
            return None
        if self.access_key and hmac.compare_digest(call.params.get("accesskey", "").encode(), self.access_key.encode()):
            return None
        return error_reply(f"Invalid IP {call.address}", 403)

    def _refuse_credentials(self, call: Call) -> Reply | None:
        identifier = call.params.get("identifier") or call.params.get("username", "")
        secret = call.params.get("secret") or call.params.get("password", "")
        if not identifier or not secret:
            return error_reply("Authentication Failed", 403)
        if identifier != self.credentials.identifier:
            return error_reply("Invalid or missing credentials", 403)
        if not hmac.compare_digest(secret.encode(), self.credentials.secret.encode()):
            return error_reply("Authentication Failed", 403)
        return None


def _refuse_action(call: Call) -> Reply | None:
    if not call.action:
        return error_reply("Empty action request", 400)
    if call.action in ROLE:
        return None
    if call.action in OTHER_ACTIONS:
        return error_reply(f'Invalid Permissions: API action "{call.action}" is not allowed', 403)
    return error_reply(f'Invalid API Action: "{call.action}" is not a valid API action')
