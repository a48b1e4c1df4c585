"""Which addresses we connect to (protection against SSRF).

The check is part of connecting, so the DNS can't answer differently between the check and the connection.
"""

import ipaddress
import socket
import threading
from collections.abc import Collection

from billing.errors import ErrorCode, GatewayDenied, GatewayUnavailable
from billing.whmcs.deadline import Deadline
from billing.whmcs.url import is_trusted

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Python (or some version of it) calls these global, but no public web server has such an address.
_REFUSED_V4 = (
    ipaddress.IPv4Network("192.0.0.0/24"),  # protocol assignments, and the metadata service of a cloud
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4 relays
    ipaddress.IPv4Network("168.63.129.16/32"),  # a cloud's internal service on a public address
)
_REFUSED_V6 = (
    ipaddress.IPv6Network("2001::/23"),  # protocol assignments, Teredo among them
    ipaddress.IPv6Network("2001:db8::/32"),  # documentation
    ipaddress.IPv6Network("3fff::/20"),  # documentation
)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, also after unwrapping an IPv4 address embedded in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and not any(address in net for net in _REFUSED_V4)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    embedded = address.ipv4_mapped or address.sixtofour
    if embedded is not None:
        return is_public(embedded)
    return address in _GLOBAL_UNICAST and address.is_global and not any(address in net for net in _REFUSED_V6)


class AddressGuard:
    """Resolves host names to addresses that may be connected to."""

    def __init__(self, trusted_hosts: Collection[str]) -> None:
        self._trusted_hosts = trusted_hosts

    def fetch_addresses(self, host: str, port: int, deadline: Deadline) -> list[str]:
        """All addresses of a host, in the resolver's order.

        If one of them is not public, all are refused, unless the deployer trusts the host: a name with public and
        private addresses is an attack or a mistake. Raises GatewayDenied, GatewayUnavailable, or TimeoutError.
        """
        addresses = list(dict.fromkeys(_resolve(host, port, deadline)))
        if not is_trusted(host, self._trusted_hosts):
            for text in addresses:
                if not is_public(ipaddress.ip_address(text.partition("%")[0])):
                    raise GatewayDenied(ErrorCode.ADDRESS_NOT_ALLOWED, host=host, address=text)
        return addresses


def _resolve(host: str, port: int, deadline: Deadline) -> list[str]:
    """Ask the system's resolver, in its own thread because it has no timeout and can't be interrupted."""
    found: list[str] = []
    failed: list[OSError] = []

    def ask() -> None:
        try:
            found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failed.append(error if isinstance(error, OSError) else OSError(str(error)))

    thread = threading.Thread(target=ask, name="resolve", daemon=True)
    thread.start()
    thread.join(deadline.remaining())
    if thread.is_alive():
        raise TimeoutError("The DNS did not answer in time.")
    if failed or not found:
        raise GatewayUnavailable(ErrorCode.NAME_NOT_RESOLVED, host=host) from (failed[0] if failed else None)
    return found
