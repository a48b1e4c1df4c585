"""The errors for WHMCS's own messages.

The messages vary in spelling and letter case between versions, so they are recognised by words in them, never by
equality (WHMCS developer docs, "Error Responses" of each action; messages as published by operators).
"""

import ipaddress
import re

from billing.errors import (
    BillingError,
    ClientNotFound,
    ErrorCode,
    GatewayDenied,
    GatewayProtocolError,
    GatewayUnavailable,
)
from billing.whmcs.redaction import redact

# The first entry with one of its words in the message wins.
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
_ADDRESS = re.compile(r"[0-9a-fA-F:.]{3,45}")


def error_of_message(message: str, action: str) -> BillingError | None:
    """The error that a WHMCS message stands for, a general one if the message is unknown; None without a message."""
    lowered = message.casefold()
    for words, error, code in _MESSAGES:
        if any(word in lowered for word in words):
            return error(code, **_params(code, message, action))
    if not message:
        return None
    return GatewayProtocolError(ErrorCode.WHMCS_ERROR, action=action, message=redact(message))


def _params(code: ErrorCode, message: str, action: str) -> dict[str, str]:
    if code is ErrorCode.IP_NOT_ALLOWED:
        return {"address": _find_address(message)}
    if code in {ErrorCode.ACTION_NOT_ALLOWED, ErrorCode.UNKNOWN_ACTION}:
        return {"action": action}  # as the API role's page spells it; WHMCS's message has it in lower case
    if code is ErrorCode.BOT_PROTECTION:
        return {"product": "Imunify360" if "imunify" in message.casefold() else "Something"}
    return {}


def _find_address(message: str) -> str:
    """The address that WHMCS saw. Behind a proxy it is the proxy's, which is what the operator has to know."""
    for candidate in _ADDRESS.findall(message):
        try:
            return str(ipaddress.ip_address(candidate.rstrip(".")))
        except ValueError:
            continue
    return "the address of this server"
