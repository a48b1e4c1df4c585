"""How allauth's second factors behave here: secrets are sealed at rest, and the QR code is small."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.constants import ERROR_CORRECT_L

from companies.brand.current import load_brand
from companies.database.encryption import KeyLost, seal, unseal
from companies.models import User
from companies.second_factor.passkey_host import host_of_passkeys
from companies.second_factor.requirement import kinds_by_id


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
        return {"id": host_of_passkeys(), "name": load_brand().name}

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
