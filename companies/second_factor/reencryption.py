"""Second factors under a new key."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction

from companies.database.encryption import KeyLost, reseal

# Where allauth keeps what makes codes: of the app, and of the recovery codes.
SEALED = ("secret", "seed")


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many are under the newest key now, and how many no key opens."""

    renewed: int
    lost: int


def reseal_factors() -> Resealed:
    """Put every app's secret and every seed of recovery codes under the newest key."""
    rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")
    results = [_reseal(pk) for pk in rows.values_list("pk", flat=True)]
    return Resealed(results.count(True), results.count(False))


@transaction.atomic
def _reseal(pk: int) -> bool | None:
    """One of them, under a lock: a recovery code may be used just now. None where it is gone."""
    factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if factor is None:
        return None
    try:
        factor.data |= {name: reseal(factor.data[name]) for name in SEALED if name in factor.data}
    except KeyLost:
        return False
    factor.save(update_fields=["data"])
    return True
