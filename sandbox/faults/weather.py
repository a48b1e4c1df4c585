"""A few faults by name, for people who want to see what Ticketz does when WHMCS is not well."""

from collections.abc import Callable

from sandbox.faults import bodies, listings, replies, transport
from sandbox.interference import Interference

WEATHER: dict[str, tuple[str, Callable[[], Interference]]] = {
    "maintenance": ("Down for maintenance (a web page with HTTP 200)", replies.maintenance),
    "invalid-ip": ("The address of Ticketz is not on the IP list", replies.invalid_ip),
    "wrong-secret": ("The API secret was changed", replies.authentication_failed),
    "no-details": ("The role lacks a permission", replies.no_permission),
    "no-products": ("The role lacks the other permission", lambda: replies.no_permission("GetClientsProducts")),
    "not-there": ("404: the base URL leads past WHMCS", lambda: replies.server_error(404)),
    "sign-in": ("A sign-in page of the web server (401)", replies.http_login),
    "php-warning": ("PHP prints a warning before each answer", bodies.php_notice),
    "clock": ("The clock is three hours ahead", lambda: bodies.clock_off(days=3 / 24)),
    "same-page": ("Every page of a list is the first one", listings.StartIgnored),
    "no-filter": ("The filter by product is ignored", listings.PidFilterIgnored),
    "server-error": ("500 from the web server", replies.server_error),
    "too-many": ("429, too many requests", replies.too_many_requests),
    "cloudflare": ("A Cloudflare challenge", replies.cloudflare),
    "empty-list": ("Every list is empty", listings.Hidden),
    "truncated": ("Answers are cut off in the middle", bodies.truncated),
    "slow": ("Answers take five seconds", lambda: transport.late(5)),
    "reset": ("Connections are reset", transport.reset),
}
"""Name: (what people read, what makes the fault)."""
