"""Whether a call comes from somebody who knows the secret, and just now (Standard Webhooks)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from standardwebhooks import Webhook, WebhookVerificationError

from billing.models import GatewayHook
from billing.whmcs import SecretText

NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")
TOLERANCE = timedelta(minutes=5)  # as the library has it
LONGEST_ID = 64
Refusal = GatewayHook.Refusal


def judge(headers: Mapping[str, str], body: bytes, secrets: Sequence[SecretText], *, now: datetime) -> Refusal | None:
    """Why a call is refused; None where it is signed with one of the secrets. `headers` are looked up by `NAMES`."""
    given = {name: headers.get(name, "") for name in NAMES}
    if not (given["webhook-id"].isprintable() and len(given["webhook-id"]) <= LONGEST_ID):
        return Refusal.SIGNATURE
    if any(_is_signed(given, body, secret) for secret in secrets):
        return None
    return Refusal.CLOCK if _is_off(given["webhook-timestamp"], now) else Refusal.SIGNATURE


def _is_signed(given: dict[str, str], body: bytes, secret: SecretText) -> bool:
    try:
        Webhook(secret.reveal()).verify(body, given, json_parse=False)
    except (WebhookVerificationError, ValueError):
        # ValueError: a body that is no UTF-8, a signature that is no base64 or has no version.
        return False
    return True


def _is_off(timestamp: str, now: datetime) -> bool:
    try:
        return abs(now.timestamp() - float(timestamp)) > TOLERANCE.total_seconds()
    except ValueError:
        return False
