"""How passwords are kept: Argon2id with OWASP's parameters, and the first password from the shop."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import Argon2PasswordHasher, BasePasswordHasher
from django.utils.translation import gettext_noop as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class OwaspArgon2Hasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane: OWASP's accepted strength at a tenth of the default's cost."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


class FirstPasswordHasher(BasePasswordHasher):
    """Several Argon2 hashes in one: any of them opens the door, and the first that does replaces them all.

    WHMCS sends what was typed either as typed or HTML-escaped, and `&amp;` may be both. So both readings are kept
    until the customer signs in; Django then stores the one that was typed, because this algorithm is not preferred.
    """

    algorithm = "argon2_first"

    def encode(self, password: str, salt: str) -> str:
        return encode_readings([password])

    def decode(self, encoded: str) -> dict[str, Any]:
        return {"algorithm": self.algorithm, "hashes": encoded.removeprefix(f"{self.algorithm}$").split("|")}

    def verify(self, password: str, encoded: str) -> bool:
        hasher = OwaspArgon2Hasher()
        # No short cut: how long it takes must not tell which reading was right.
        return any([hasher.verify(password, one) for one in self.decode(encoded)["hashes"]])  # noqa: C419

    def must_update(self, encoded: str) -> bool:
        return True

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing to even out: every reading is always computed."""

    def safe_summary(self, encoded: str) -> "dict[str | _StrPromise, Any]":
        return {_("algorithm"): self.algorithm, _("readings"): len(self.decode(encoded)["hashes"])}


def encode_readings(readings: Sequence[str]) -> str:
    """The value for `User.password` that accepts each of `readings` (one or more texts)."""
    hasher = OwaspArgon2Hasher()
    hashes = [hasher.encode(reading, hasher.salt()) for reading in readings]
    return hashes[0] if len(hashes) == 1 else f"{FirstPasswordHasher.algorithm}${'|'.join(hashes)}"
