"""A few faults by name, for people who want to see what Ticketz does when WHMCS is not well."""

from collections.abc import Callable

from sandbox.faults import bodies, listings, replies, transport
from sandbox.interference import Interference

WEATHER: dict[str, tuple[str, Callable[[], Interference]]] = {
    "maintenance": ("Down for maintenance (a web page with HTTP 200)", replies.maintenance),
    "invalid-ip": ("The address of Ticketz is not on the IP list", replies.invalid_ip),
    "wrong-secret": ("The API secret was changed", replies.authentication_failed),
    "no-details": ("The role lacks a permission", replies.no_permission),
    "server-error": ("500 from the web server", replies.server_error),
    "too-many": ("429, too many requests", replies.too_many_requests),
    "cloudflare": ("A Cloudflare challenge", replies.cloudflare),
    "empty-list": ("Every list is empty", listings.Hidden),
    "truncated": ("Answers are cut off in the middle", bodies.truncated),
    "slow": ("Answers take five seconds", lambda: transport.late(5)),
    "reset": ("Connections are reset", transport.reset),
}
"""Name: (what people read, what makes the fault)."""
