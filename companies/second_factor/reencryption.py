"""Re-encrypts the secrets of second factors with the newest key."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction

from companies.database.encryption import KeyLost, reseal

# The keys in allauth's data that hold secrets: of the app, and of the recovery codes.
SEALED = ("secret", "seed")


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many were re-encrypted, and how many no key could decrypt."""

    renewed: int
    lost: int


def reseal_factors() -> Resealed:
    """Re-encrypt every app's secret and every seed of recovery codes with the newest key."""
    rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")
    results = [_reseal(pk) for pk in rows.values_list("pk", flat=True)]
    return Resealed(results.count(True), results.count(False))


@transaction.atomic
def _reseal(pk: int) -> bool | None:
    """Re-encrypt one, under a lock, because a recovery code may be used at this moment. None if it is gone."""
    factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if factor is None:
        return None
    try:
        factor.data |= {name: reseal(factor.data[name]) for name in SEALED if name in factor.data}
    except KeyLost:
        return False
    factor.save(update_fields=["data"])
    return True
