"""The secrets of a gateway's hook: created, shown once, rotated without a gap."""

import secrets
from base64 import b64encode
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from billing.errors import SecretUnreadable
from billing.fields import EncryptedSecret
from billing.models import AttentionItem, GatewayHook, Kind, WhmcsGateway
from billing.whmcs import SecretText

BYTES = 32
# One secret in WHMCS, one that is about to replace it, and one more for mistakes.
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
    """The gateway's hook; None if it has none."""
    return GatewayHook.objects.filter(gateway=gateway).first()


@transaction.atomic
def make(gateway: WhmcsGateway) -> str:
    """Create a secret, to be shown once. Older ones stay valid until they are dropped."""
    secret = "whsec_" + b64encode(secrets.token_bytes(BYTES)).decode()
    hook = GatewayHook.objects.select_for_update().filter(gateway=gateway).first()
    if hook is None:
        GatewayHook.objects.create(gateway=gateway, secrets=secret)
    else:
        _keep(hook, [secret, *_revealed(hook)][:MOST_GOOD], secret_set_at=timezone.now())
    return secret


@transaction.atomic
def make_for_page(gateway: WhmcsGateway, mark: str) -> str | None:
    """Create a secret if the page's mark is current; None if another one was created since the page was shown."""
    # Lock the gateway's row, because the hook's row does not exist before the first secret.
    WhmcsGateway.objects.select_for_update().get(pk=gateway.pk)
    return make(gateway) if mark == mark_of(load_hook(gateway)) else None


def mark_of(hook: GatewayHook | None) -> str:
    """A mark of the newest secret, for pages to notice that a newer one was created."""
    return hook.secret_set_at.isoformat() if hook else ""


@transaction.atomic
def drop_old(gateway: WhmcsGateway) -> bool:
    """Drop all but the newest secret; False if there was no other."""
    hook = GatewayHook.objects.select_for_update().filter(gateway=gateway).first()
    good = _revealed(hook) if hook else []
    if hook is None or len(good) < 2:
        return False
    _keep(hook, good[:1])
    return True


@transaction.atomic
def drop_old_for_page(gateway: WhmcsGateway, mark: str) -> bool | None:
    """The same if the page's mark is current; None if there are older secrets and the mark is outdated."""
    hook = GatewayHook.objects.select_for_update().filter(gateway=gateway).first()
    has_older = hook is not None and len(_revealed(hook)) > 1
    return None if has_older and mark != mark_of(hook) else drop_old(gateway)


@transaction.atomic
def switch_off(gateway: WhmcsGateway) -> bool:
    """Accept no more calls, and delete the secrets; False if there were none."""
    AttentionItem.objects.close(gateway.pk, Kind.HOOK_REFUSED, Kind.HOOK_SILENT, at=timezone.now())
    return bool(GatewayHook.objects.filter(gateway=gateway).delete()[0])


def secrets_of(hook: GatewayHook) -> list[SecretText]:
    """The valid secrets, newest first; none if no key decrypts them."""
    return [SecretText(secret) for secret in _revealed(hook)]


def address_of(gateway: WhmcsGateway) -> str:
    """The URL that the hook file calls."""
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
