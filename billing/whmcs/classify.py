"""What an answer that is not a success means.

WHMCS's messages vary in spelling and letter case between versions, so they are told apart by words in them, never by
equality (WHMCS developer docs, "Error Responses" of each action; messages as published by operators). Its HTTP status
says little: refusals come as 403 or 200, and many things in front of WHMCS answer 200 as well.
"""

import ipaddress
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from billing.errors import (
    BillingError,
    ClientNotFound,
    ErrorCode,
    GatewayDenied,
    GatewayProtocolError,
    GatewayUnavailable,
)
from billing.errors import marked as _
from billing.whmcs.headers import parse_retry_after
from billing.whmcs.transport import Answer
from billing.whmcs.unknown_messages import keep_what_is_no_secret

# The first entry with a word in the message wins.
_MESSAGES: tuple[tuple[tuple[str, ...], type[BillingError], ErrorCode], ...] = (
    (("imunify", "bot-protection", "captcha"), GatewayUnavailable, ErrorCode.BOT_PROTECTION),
    (("invalid ip", "forbidden ip"), GatewayDenied, ErrorCode.IP_NOT_ALLOWED),
    (("invalid permissions",), GatewayDenied, ErrorCode.ACTION_NOT_ALLOWED),
    (
        ("invalid api action", "api function not found", "command not found"),
        GatewayDenied,
        ErrorCode.UNKNOWN_ACTION,
    ),
    (("empty action request",), GatewayDenied, ErrorCode.FORM_LOST),
    (("admin user is required",), GatewayDenied, ErrorCode.WRONG_PATH),
    (
        (
            "authentication failed",
            "missing credentials",
            "invalid password",
            "administrator account disabled",
            "access denied",
        ),
        GatewayDenied,
        ErrorCode.CREDENTIALS_REFUSED,
    ),
    (("generating json", "malformed utf-8"), GatewayProtocolError, ErrorCode.UNENCODABLE_ROW),
    (("client not found", "client id not found"), ClientNotFound, ErrorCode.CLIENT_NOT_FOUND),
    (("service id not found",), GatewayProtocolError, ErrorCode.SERVICE_NOT_FOUND),
    (("maintenance",), GatewayUnavailable, ErrorCode.MAINTENANCE),
    (("too many requests", "rate limit"), GatewayUnavailable, ErrorCode.RATE_LIMITED),
)
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
_ADDRESS = re.compile(r"[0-9a-fA-F:.]{3,45}")


def error_of_message(message: str, action: str) -> BillingError | None:
    """The error that a WHMCS message stands for, also for one that is not known; None where there is no message."""
    lowered = message.casefold()
    for words, error, code in _MESSAGES:
        if any(word in lowered for word in words):
            return error(code, **_params(code, message, action))
    if not message:
        return None
    return GatewayProtocolError(ErrorCode.WHMCS_ERROR, action=action, message=keep_what_is_no_secret(message))


def error_of_redirect(answer: Answer, scrub: Callable[[str], str]) -> BillingError | None:
    """A redirect, with its target cut to what an operator needs, without our secrets. None for anything else."""
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
    """What answered instead of WHMCS's API, told by status and cleaned body. None for a body that may be JSON."""
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
    """What the status of a body says that is no JSON."""
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
    """What a body that is no JSON is instead."""
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
    """How many seconds the server asks us to stay away, None where it does not or can't be understood."""
    return parse_retry_after(answer.retry_after, clock_difference=answer.clock_difference)


def _params(code: ErrorCode, message: str, action: str) -> dict[str, str]:
    if code is ErrorCode.IP_NOT_ALLOWED:
        return {"address": _find_address(message)}
    if code in {ErrorCode.ACTION_NOT_ALLOWED, ErrorCode.UNKNOWN_ACTION}:
        return {"action": action}  # WHMCS's message has it in small letters, the role's page does not
    if code is ErrorCode.BOT_PROTECTION:
        return {"product": "Imunify360" if "imunify" in message.casefold() else "Something"}
    return {}


def _find_address(message: str) -> str:
    """The address that WHMCS saw. Behind a proxy it is that one's, which is what the operator has to know."""
    for candidate in _ADDRESS.findall(message):
        try:
            return str(ipaddress.ip_address(candidate.rstrip(".")))
        except ValueError:
            continue
    return "the address of this server"
