"""Turns the exceptions of the network and its libraries into our errors."""

import ssl

import requests
import urllib3

from billing.errors import BillingError, ErrorCode, GatewayDenied, GatewayUnavailable
from billing.errors import marked as _
from billing.whmcs.deadline import Deadline

# The most common messages of the operating system, which are translated. All others are shown as they are.
_TRANSLATED = (
    _("Connection refused"), _("Connection reset by peer"), _("Network is unreachable"), _("No route to host"),
    _("Broken pipe"),
)  # fmt: skip


def network_error(error: BaseException, host: str, deadline: Deadline) -> BillingError:
    """Our error for a failed call. Also clears what could give secrets away from `error`, so that it can be chained."""
    causes = _causes(error)
    _forget_request(causes)
    if any(isinstance(cause, TimeoutError | requests.Timeout) for cause in causes) or _is_over(deadline):
        return GatewayUnavailable(ErrorCode.TIMEOUT, seconds=f"{deadline.seconds:g}")
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return GatewayDenied(ErrorCode.TLS, host=host, reason=cause.verify_message or _("the certificate is wrong"))
        # An end of the stream within TLS is a broken connection. Any other TLS error needs a change of settings.
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return GatewayDenied(ErrorCode.TLS, host=host, reason=cause.reason or type(cause).__name__)
    if any(isinstance(cause, urllib3.exceptions.IncompleteRead) for cause in causes):
        return GatewayUnavailable(ErrorCode.TRUNCATED)
    return GatewayUnavailable(ErrorCode.CONNECTION, host=host, reason=_reason(causes))


def _causes(error: BaseException) -> list[BaseException]:
    """The error and all its causes: chained exceptions, and those that the libraries wrap in arguments."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found


def _forget_request(causes: list[BaseException]) -> None:
    """Drop the request and the tracebacks, whose frames hold its body, from errors that stay chained."""
    for cause in causes:
        cause.__traceback__ = None
        if isinstance(cause, requests.RequestException):
            cause.request = None
            cause.response = None


def _is_over(deadline: Deadline) -> bool:
    try:
        deadline.remaining()
    except TimeoutError:
        return True
    return False


def _reason(causes: list[BaseException]) -> str:
    """The operating system's message if there is one, such as "Connection refused"."""
    texts = [cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror]
    return texts[-1] if texts else _("the server closed it")
