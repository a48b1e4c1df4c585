"""The password that a customer typed in the cart: finds it among the custom fields and undoes WHMCS's escaping."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from enum import StrEnum

import msgspec
from msgspec import Raw

from billing.whmcs.entities import unescape
from billing.whmcs.names import NameMatcher
from billing.whmcs.secret_text import SecretText
from billing.whmcs.shapes import UnknownShape, as_list

LONGEST = 1024
_LINK = re.compile(r"<a\s[^<>]*>([^<>]*)</a>", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{30,}={0,2}")


class PasswordReason(StrEnum):
    """Why a first password can't be used."""

    MISSING = "missing"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    ENCRYPTED = "encrypted"


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """What the customer may have typed, the likeliest first. Nobody can tell which, so each one must work."""

    candidates: tuple[SecretText, ...]


@dataclass(frozen=True, slots=True)
class Unusable:
    """No first password, and why."""

    reason: PasswordReason


class _Field(msgspec.Struct):
    name: object = None
    value: Raw = Raw(b"null")


def parse_first_password(value: SecretText | None) -> FirstPassword | Unusable:
    """What the customer may have typed, from what WHMCS sent. Judges readability only, not length or strength.

    WHMCS escapes text from its web forms but not from elsewhere (developer docs, "HTML character entities"; operators
    report both), and wraps what looks like a link or an address in `<a href=...>`. A Password field may be encrypted
    (WHMCS manual, custom fields); then nobody can know what was typed.
    """
    if value is None:
        return Unusable(PasswordReason.MISSING)
    text = value.reveal()
    if not text:
        return Unusable(PasswordReason.EMPTY)
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return Unusable(PasswordReason.UNREADABLE)
    if "\0" in text:
        return Unusable(PasswordReason.UNREADABLE)
    if size > LONGEST:
        return Unusable(PasswordReason.TOO_LONG)
    if _looks_encrypted(text):
        return Unusable(PasswordReason.ENCRYPTED)
    return FirstPassword(tuple(SecretText(candidate) for candidate in _readings(text)))


def find_first_password(custom_fields: Raw, is_password: NameMatcher) -> SecretText | None:
    """The password field among a row's custom fields. The values of other fields are not decoded.

    None if there is no such field, if several differ, or if they can't be read.
    """
    try:
        fields = [_as_field(entry) for entry in as_list(custom_fields, "customfield")]
    except (UnknownShape, msgspec.MsgspecError, ValueError, RecursionError):
        return None
    values = {bytes(field.value).strip() for field in fields if isinstance(field.name, str) and is_password(field.name)}
    return _text_of(values.pop()) if len(values) == 1 else None


def _as_field(entry: Raw) -> _Field:
    """A field. An unreadable entry becomes a field without a name, so that the others are still found."""
    try:
        return msgspec.json.decode(entry, type=_Field)
    except msgspec.ValidationError:
        return _Field()


def _text_of(raw: bytes) -> SecretText | None:
    """The text of a JSON string, a number as it was written; None for anything else."""
    try:
        value = json.loads(raw, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return SecretText(value) if isinstance(value, str) else None


def _readings(text: str) -> list[str]:
    link = _LINK.fullmatch(text)
    readings = [text, unescape(text)]
    if link:
        readings += [link[1], unescape(link[1])]
    return [reading for reading in dict.fromkeys(readings) if reading and "\0" not in reading]


def _looks_encrypted(text: str) -> bool:
    """Whether it is long base64 of bytes that are not text. People hardly ever type that."""
    if len(text) < 32 or len(text) % 4 or not _BASE64.fullmatch(text):
        return False
    if not all(re.search(kind, text) for kind in ("[A-Z]", "[a-z]", "[0-9]", "[+/=]")):
        return False
    try:
        return not base64.b64decode(text, validate=True).decode().isprintable()
    except (binascii.Error, UnicodeDecodeError):
        return True
