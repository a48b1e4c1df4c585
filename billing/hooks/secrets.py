"""The secret of a gateway's hook: made here, shown once, renewed without a gap."""

import secrets
from base64 import b64encode
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from billing.errors import SecretUnreadable
from billing.fields import EncryptedSecret
from billing.hooks.refused import close_attention
from billing.models import GatewayHook, Kind, WhmcsGateway
from billing.whmcs import SecretText

BYTES = 32
# Somebody may make a second one before the first is in WHMCS; more than that is a habit.
MOST_GOOD = 3
CONFIG = """<?php
// Instant updates for Ticketz. Whoever reads this file can sign them: keep it where the web server hands out nothing.
return array(
    'url' => '{url}',
    'secret' => '{secret}',
    'products' => array({product}),
);
"""


def load_hook(gateway: WhmcsGateway) -> GatewayHook | None:
    """The gateway's hook; None where it has none and nothing is listened to."""
    return GatewayHook.objects.filter(gateway=gateway).first()


@transaction.atomic
def make(gateway: WhmcsGateway) -> str:
    """A new secret, shown this once; those before stay good beside it until they are dropped."""
    secret = "whsec_" + b64encode(secrets.token_bytes(BYTES)).decode()
    hook = GatewayHook.objects.select_for_update().filter(gateway=gateway).first()
    if hook is None:
        GatewayHook.objects.create(gateway=gateway, secrets=secret)
    else:
        _keep(hook, [secret, *_revealed(hook)][:MOST_GOOD], secret_set_at=timezone.now())
    return secret


@transaction.atomic
def make_for_page(gateway: WhmcsGateway, mark: str) -> str | None:
    """A new secret for whoever pressed on a page with this mark; None where another was made since it was shown."""
    # The gateway's row, as there is none of a hook before the first secret.
    WhmcsGateway.objects.select_for_update().get(pk=gateway.pk)
    return make(gateway) if mark == mark_of(load_hook(gateway)) else None


def mark_of(hook: GatewayHook | None) -> str:
    """By what a page knows again which secret was the newest when it was shown."""
    return hook.secret_set_at.isoformat() if hook else ""


@transaction.atomic
def drop_old(gateway: WhmcsGateway) -> bool:
    """Let only the newest secret be good; False where there was no other."""
    hook = GatewayHook.objects.select_for_update().filter(gateway=gateway).first()
    good = _revealed(hook) if hook else []
    if hook is None or len(good) < 2:
        return False
    _keep(hook, good[:1])
    return True


@transaction.atomic
def drop_old_for_page(gateway: WhmcsGateway, mark: str) -> bool | None:
    """The same for whoever was asked on a page with this mark; None where there are older ones and it tells another."""
    hook = GatewayHook.objects.select_for_update().filter(gateway=gateway).first()
    has_older = hook is not None and len(_revealed(hook)) > 1
    return None if has_older and mark != mark_of(hook) else drop_old(gateway)


@transaction.atomic
def switch_off(gateway: WhmcsGateway) -> bool:
    """Listen to nothing more, and forget the secrets; False where that was so."""
    close_attention(gateway.pk, Kind.HOOK_REFUSED, Kind.HOOK_SILENT)
    return bool(GatewayHook.objects.filter(gateway=gateway).delete()[0])


def secrets_of(hook: GatewayHook) -> list[SecretText]:
    """The secrets that are good, newest first; none where no key opens them any more."""
    return [SecretText(secret) for secret in _revealed(hook)]


def address_of(gateway: WhmcsGateway) -> str:
    """Where the hook file sends to."""
    return settings.SITE_URL + reverse("whmcs_hook", args=[gateway.uid])


def config_file(gateway: WhmcsGateway, secret: str) -> str:
    """The text of `ticketz-hook-config.php`, which belongs beside WHMCS."""
    url = address_of(gateway).replace("\\", "\\\\").replace("'", "\\'")
    return CONFIG.format(url=url, secret=secret, product=gateway.product_code)


def _revealed(hook: GatewayHook) -> list[str]:
    try:
        good: str = hook.secrets.reveal().reveal()
    except SecretUnreadable:
        return []
    return good.split()


def _keep(hook: GatewayHook, good: list[str], **columns: datetime) -> None:
    GatewayHook.objects.filter(pk=hook.pk).update(secrets=EncryptedSecret.seal(" ".join(good)), **columns)
