"""Reads the top level of an answer. What is not recognised as WHMCS's is an error, never an empty result."""

import re
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from msgspec import Raw

from billing.errors import BillingError, ErrorCode, GatewayProtocolError, GatewayUnavailable
from billing.errors import marked as _
from billing.whmcs.foreign_answers import error_of_page, error_of_redirect, wait_of
from billing.whmcs.messages import error_of_message
from billing.whmcs.transport import Answer

Envelope = dict[str, Raw]

_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
# PHP's notices when Display Errors is on, as HTML or plain text.
_PHP_NOISE = re.compile(rb"(?:<br />\s*)*(?:<b>)?(?:PHP )?(?:Deprecated|Notice|Warning)(?:</b>)?:\s[^{]*")
_MARKUP_BEHIND = re.compile(rb"\}\s*<[^{}]*>$")
_MESSAGE_KEYS = ("message", "errormessage", "error")
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)

_decode_object = msgspec.json.Decoder(Envelope).decode


class Call(NamedTuple):
    """What an error message needs to know of the call: the action, and how to remove our secrets from a text."""

    action: str
    scrub: Callable[[str], str]


def clean(body: bytes) -> bytes:
    """The JSON of a body, without byte order mark, surrounding white space and PHP's notices.

    Notices before the JSON are cut off only if their wording is PHP's and a whole object with `result` follows.
    Anything else around the JSON stays, so the answer is refused.
    """
    body = body.strip(_SPACE).removeprefix(_BOM).strip(_SPACE)
    if noise := _PHP_NOISE.match(body):
        rest = body[noise.end() :]
        return rest if _is_envelope(rest) else body
    return body


def is_noisy(body: bytes) -> bool:
    """Whether `clean` cuts PHP's notices off this body."""
    return len(clean(body)) < len(body.strip(_SPACE).removeprefix(_BOM).strip(_SPACE))


def read_envelope(answer: Answer, call: Call) -> Envelope:
    """The top level of a successful answer, its values not decoded yet.

    Raises the BillingError that the answer stands for, with the wait that it asks for, as 429 and 503 mostly do.
    """
    try:
        return _read(answer, call)
    except GatewayUnavailable as error:
        error.retry_after = wait_of(answer)
        raise


def _read(answer: Answer, call: Call) -> Envelope:
    if error := error_of_redirect(answer, call.scrub):
        raise error
    body = without_lone_surrogates(clean(answer.body))
    if error := error_of_page(answer, body):
        raise error
    try:
        envelope = _decode_object(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise _unreadable(body, answer, call) from None
    if text_of(envelope.get("result")).casefold() == "success":
        return envelope
    raise _refusal(envelope, answer, call)


def text_of(raw: Raw | None) -> str:
    """The text of a JSON string; "" for anything else."""
    if raw is None:
        return ""
    try:
        return msgspec.json.decode(raw, type=str)
    except (msgspec.MsgspecError, ValueError):
        return ""


def without_lone_surrogates(body: bytes) -> bytes:
    r"""Replace surrogates such as `\ud800` that have no partner with `\u0000`.

    JSON may hold them but no text can, so one of them would make the whole page unreadable. NUL is refused in every
    field that is read, so only the one record is bad.
    """
    if b"\\ud" not in body and b"\\uD" not in body:
        return body
    return _ESCAPE.sub(lambda match: rb"\u0000" if match[1] else match[0], body)


def _is_envelope(body: bytes) -> bool:
    try:
        return "result" in _decode_object(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False


def _unreadable(body: bytes, answer: Answer, call: Call) -> BillingError:
    """The error for a body that is not a JSON object: a bare message, a broken object, or not from WHMCS."""
    if body[:1] == b'"':
        message = text_of(Raw(body))
        if message and (error := error_of_message(message, call.action)):
            return error
    if body[:1] == b"{" and answer.status == 200 and body[-1:] != b"}" and not _MARKUP_BEHIND.search(body[-2000:]):
        return GatewayUnavailable(ErrorCode.TRUNCATED)
    if answer.status >= 500:
        return GatewayUnavailable(ErrorCode.SERVER_ERROR, status=str(answer.status))
    if body[:1] == b"{" or b'"result"' in body:
        return GatewayProtocolError(ErrorCode.MALFORMED, reason=_("something stands before, behind or within it"))
    return GatewayProtocolError(ErrorCode.NOT_WHMCS, status=str(answer.status), kind=_("no JSON object"))


def _refusal(envelope: Envelope, answer: Answer, call: Call) -> BillingError:
    """The error for an object whose `result` is not success."""
    message = next(filter(None, (text_of(envelope.get(key)) for key in _MESSAGE_KEYS)), "")
    error = error_of_message(message, call.action)
    says_error = text_of(envelope.get("result")).casefold() == "error"
    if error is not None and (says_error or error.code is not ErrorCode.WHMCS_ERROR):
        return error
    if answer.status >= 500:
        return GatewayUnavailable(ErrorCode.SERVER_ERROR, status=str(answer.status))
    if answer.status == 403:
        return GatewayUnavailable(ErrorCode.EDGE_BLOCKED, status="403")
    if says_error:
        return GatewayProtocolError(ErrorCode.WHMCS_ERROR, action=call.action, message="(none)")
    return GatewayProtocolError(ErrorCode.NO_RESULT)
