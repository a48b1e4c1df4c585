"""Reads the few facts about a client that Ticketz uses from an answer to GetClientsDetails."""

import unicodedata
from dataclasses import dataclass

import msgspec
from msgspec import Raw

from billing.errors import BadRecord, ErrorCode, GatewayProtocolError
from billing.errors import marked as _
from billing.whmcs.entities import REPLACEMENT, unescape
from billing.whmcs.envelope import Call, Envelope, read_envelope
from billing.whmcs.page import RowProblem
from billing.whmcs.shapes import UnknownShape, unflatten
from billing.whmcs.transport import Answer
from billing.whmcs.values import is_storable, parse_id, parse_scalar, storable

LONGEST_NAME = 255
LONGEST_EMAIL = 254  # RFC 5321, as Django's EmailField
_NOTHING = {b"null", b"[]", b"{}"}
# Marks that change the text direction, and invisible ones. The joiners (U+200C, U+200D) stay: Persian and Indic names
# need them.
_DROPPED = dict.fromkeys([0xAD, 0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF])


@dataclass(frozen=True, slots=True)
class ClientDetails:
    """A WHMCS client. HTML entities are decoded once; each name is one line; `email` is as typed.

    `language` is WHMCS's word, such as "english", or "". Characters that can't be stored become REPLACEMENT in the
    first and last name. The other fields are None if they can't be used, because nobody needs them to be let in.
    """

    client_id: int
    first_name: str
    last_name: str
    company_name: str | None
    email: str
    phone: str | None
    language: str | None


def read_details(answer: Answer, client_id: int, call: Call) -> ClientDetails:
    """The client in an answer (WHMCS developer docs, getclientsdetails).

    Reads the `client` object, or the fields at the top level, as old versions send them, also flattened to
    `client[firstname]`. Raises the BillingError that the answer stands for, BadRecord if values of the client can't be
    used, and GatewayProtocolError if it is not the client that was asked for.
    """
    fields = _find_client(read_envelope(answer, call))
    if _answered_id(fields) != client_id:
        raise GatewayProtocolError(ErrorCode.MISSING_CONTAINER, container=f"client {client_id}")
    return ClientDetails(
        client_id=client_id,
        first_name=_name(fields, "firstname", client_id),
        last_name=_name(fields, "lastname", client_id),
        company_name=_name_or_none(fields, "companyname", client_id),
        email=_email(fields, client_id),
        phone=_name_or_none(fields, "phonenumber", client_id),
        language=_name_or_none(fields, "language", client_id),
    )


def _find_client(envelope: Envelope) -> Envelope:
    try:
        envelope = unflatten(envelope)
        client = envelope.get("client")
        return envelope if client is None else msgspec.json.decode(client, type=Envelope)
    except (UnknownShape, msgspec.MsgspecError, ValueError, RecursionError):
        raise GatewayProtocolError(ErrorCode.UNKNOWN_SHAPE, container="client") from None


def _answered_id(fields: Envelope) -> int | None:
    """The client's id. `userid` is the client's id too, although WHMCS 8.0 separated users from clients."""
    for name in ("client_id", "userid", "clientid", "id"):
        if name in fields:
            try:
                return parse_id(parse_scalar(fields[name], name), name)
            except RowProblem:
                return None
    return None


def _name(fields: Envelope, name: str, client_id: int) -> str:
    """A name in one line. What can't be read or stored becomes REPLACEMENT: who has paid is let in under any name."""
    try:
        return _one_line(storable(_text(fields.get(name), name, client_id)))
    except BadRecord:
        return REPLACEMENT


def _name_or_none(fields: Envelope, name: str, client_id: int) -> str | None:
    """The same, but None if it can't be read or stored."""
    try:
        text = _text(fields.get(name), name, client_id)
    except BadRecord:
        return None
    return _one_line(text) if is_storable(text) else None


def _one_line(text: str) -> str:
    """Control characters become spaces, marks that hide or reorder text are dropped, and a long text is cut."""
    if not text.isprintable():  # so that only unusual names cost a look at each character
        text = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text).translate(_DROPPED)
    return " ".join(text.split())[:LONGEST_NAME].rstrip()


def _email(fields: Envelope, client_id: int) -> str:
    """The address without surrounding spaces. Whether it is a valid one is checked elsewhere."""
    text = _text(fields.get("email"), "email", client_id).strip()
    if len(text) > LONGEST_EMAIL:
        raise _bad(client_id, "email", _("is too long"))
    if not text.isprintable():
        raise _bad(client_id, "email", _("holds an invisible character"))
    return text


def _text(raw: Raw | None, name: str, client_id: int) -> str:
    """A text, its entities decoded once; "" for null, an absent value and PHP's empty list. Numbers count as texts."""
    if raw is None or bytes(raw) in _NOTHING:
        return ""
    try:
        value = parse_scalar(raw, name)
    except RowProblem:
        raise _bad(client_id, name, _("is no text")) from None
    if isinstance(value, bool):
        raise _bad(client_id, name, _("is no text"))
    return unescape(value if isinstance(value, str) else bytes(raw).decode())


def _bad(client_id: int, field: str, problem: str) -> BadRecord:
    return BadRecord(client_id=str(client_id), field=field, problem=problem)
