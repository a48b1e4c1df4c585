"""How allauth's second factors behave here: secrets are sealed at rest, passkeys belong to this installation's host."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.constants import ERROR_CORRECT_L

from companies.brand.current import load_brand
from companies.database.encryption import KeyLost, seal, unseal
from companies.models import User
from companies.second_factor.requirement import kinds_by_id

LOCALHOST = "localhost"


class FactorAdapter(DefaultMFAAdapter):
    """Replaces allauth's hooks."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This code is wrong or was used already. Wait for the app's next one. If that is refused, too, the clock "
            "of the phone is wrong: let it set its time by itself."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Seal the secret, so that a database dump alone can't make codes."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Unseal the secret. If the key is lost, it raises an error of the form instead of failing the page."""
        try:
            return unseal(encrypted_text)
        except KeyLost:
            raise ValidationError(
                _(
                    "Codes can't be checked any more: the key that protects them is lost. Use a passkey if you have "
                    "one, or ask whoever runs this installation to remove your two-factor sign-in."
                )
            ) from None

    def is_mfa_enabled(self, user: AbstractBaseUser | AnonymousUser, types: Sequence[str] | None = None) -> bool:
        """Whether the person has any of these types. allauth asks often, and for each type by itself."""
        if not isinstance(user, User):
            return False
        kinds = set(kinds_by_id(self.request, user).values())
        return bool(kinds if types is None else kinds.intersection(types))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The relying party of passkeys: the host of `SITE_URL`, never the Host header of a request."""
        return {"id": _host_of_passkeys(), "name": load_brand().name}

    def get_totp_issuer(self) -> str:
        """The name that authenticator apps show for this service."""
        return load_brand().name

    def build_totp_svg(self, url: str) -> str:
        """The QR code for a new app, a third of the size of allauth's.

        It draws runs of dark squares instead of single ones, with the lowest error correction, because a screen has no
        scratches.
        """
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_L)
        code.add_data(url)
        rows = code.get_matrix()
        path = "".join(f"M{x} {y}h{n}v1h-{n}z" for y, row in enumerate(rows) for x, n in _dark_runs(row))
        size = len(rows)
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{path}"/></svg>'

    def generate_authenticator_name(self, user: User, kind: str) -> str:
        """The default name of a new passkey."""
        number = list(kinds_by_id(self.request, user).values()).count(kind) + 1
        return gettext("Passkey %(number)d") % {"number": number}


def _dark_runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The start and the length of each run of dark squares."""
    x = 0
    for is_dark, squares in groupby(row):
        length = len(list(squares))
        if is_dark:
            yield x, length
        x += length


def can_use_passkeys(request: HttpRequest) -> bool:
    """Whether browsers allow passkeys on this page: on the right host, over https or on localhost."""
    host = urlsplit(f"//{request.get_host()}").hostname
    return host == _host_of_passkeys() and (request.is_secure() or host == LOCALHOST) and not _is_number(host)


def address_for_passkeys() -> str:
    """The address where passkeys can be used instead; "" if there is none, because `SITE_URL` is not https."""
    site = urlsplit(settings.SITE_URL)
    if _is_loopback(site.hostname):
        return urlunsplit(site._replace(netloc=f"{LOCALHOST}:{site.port}" if site.port else LOCALHOST))
    return settings.SITE_URL if site.scheme == "https" and not _is_number(site.hostname) else ""


def _host_of_passkeys() -> str:
    """The host for passkeys. Browsers refuse IP addresses, and on this machine they accept only "localhost"."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    return LOCALHOST if _is_loopback(host) else host


def _is_loopback(host: Any) -> bool:
    return host == LOCALHOST or (_is_number(host) and ip_address(host).is_loopback)


def _is_number(host: Any) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
