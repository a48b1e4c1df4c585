"""The errors for what answers instead of WHMCS's API: redirects, web pages, firewalls, PHP errors.

The HTTP status says little: WHMCS refuses with 403 or 200, and proxies and firewalls in front of it answer 200 as well.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from billing.errors import (
    BillingError,
    ErrorCode,
    GatewayDenied,
    GatewayProtocolError,
    GatewayUnavailable,
)
from billing.errors import marked as _
from billing.whmcs.headers import parse_retry_after
from billing.whmcs.transport import Answer

_BOTS = {
    b"imunify360": "Imunify360",
    b"just a moment": "Cloudflare",
    b"cf-browser-verification": "Cloudflare",
    b"cf-challenge": "Cloudflare",
    b"cf-error": "Cloudflare",
    b"sucuri": "Sucuri",
    b"captcha": "A captcha",
}
_PHP_ERROR = re.compile(rb"(?:fatal|parse) error(?:</b>)?:")


def error_of_redirect(answer: Answer, scrub: Callable[[str], str]) -> BillingError | None:
    """The error for a redirect, with its target as far as an operator needs it and without our secrets; else None."""
    if not 300 <= answer.status < 400:
        return None
    try:
        target = urlsplit(answer.location)
        host = f"{target.scheme}://{target.hostname}" if target.hostname else ""
        port = f":{target.port}" if target.port else ""
    except ValueError:
        return GatewayDenied(ErrorCode.REDIRECTED)
    text = "".join(char for char in scrub(f"{host}{port}{target.path}") if char.isprintable())
    return GatewayDenied(ErrorCode.REDIRECTED, target=text[:200] or _("nowhere"))


def error_of_page(answer: Answer, body: bytes) -> BillingError | None:
    """The error for what answered instead of WHMCS's API, by status and cleaned body; None if it may be JSON."""
    body = body[:20_000].lower()
    status = str(answer.status)
    if product := next((name for sign, name in _BOTS.items() if sign in body and body[:1] != b"{"), None):
        return GatewayUnavailable(ErrorCode.BOT_PROTECTION, product=product)
    if answer.status == 429:
        seconds = wait_of(answer)
        said = _("not said") if seconds is None else f"{seconds:.0f} s"
        return GatewayUnavailable(ErrorCode.RATE_LIMITED, retry_after=said)
    if body.startswith((b"{", b"[", b'"')):
        return None
    if b"maintenance" in body:
        return GatewayUnavailable(ErrorCode.MAINTENANCE)
    return _error_of_status(answer.status) or _error_of_markup(body, status)


def _error_of_status(status: int) -> BillingError | None:
    """The error by the HTTP status of a body that is not JSON."""
    if status >= 500:
        return GatewayUnavailable(ErrorCode.SERVER_ERROR, status=str(status))
    if status == 403:
        return GatewayUnavailable(ErrorCode.EDGE_BLOCKED, status=str(status))
    if status == 401:
        return GatewayProtocolError(ErrorCode.HTTP_AUTH)
    if status in {404, 410}:
        return GatewayProtocolError(ErrorCode.NOT_THERE, status=str(status))
    return None


def _error_of_markup(body: bytes, status: str) -> BillingError | None:
    """The error by the content of a body that is not JSON."""
    if not body:
        return GatewayUnavailable(ErrorCode.EMPTY_ANSWER, status=status)
    if _PHP_ERROR.search(body):
        return GatewayUnavailable(ErrorCode.PHP_ERROR)
    if body.startswith((b"<?xml", b"<whmcsapi")):
        return GatewayProtocolError(ErrorCode.XML_ANSWER)
    if body.startswith(b"<") and b'"result"' not in body:
        kind = _("a sign-in page") if b'type="password"' in body else _("a web page")
        return GatewayProtocolError(ErrorCode.NOT_WHMCS, status=status, kind=kind)
    return None


def wait_of(answer: Answer) -> float | None:
    """How many seconds the server asks us to wait; None if it does not, or not in a known form."""
    return parse_retry_after(answer.retry_after, clock_difference=answer.clock_difference)
