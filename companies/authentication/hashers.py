"""The password hashers: Argon2id with OWASP's parameters, and one for the first password from the shop."""

from collections.abc import Sequence
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from argon2 import low_level
from django.contrib.auth.hashers import Argon2PasswordHasher, BasePasswordHasher
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_noop as _

from companies.authentication.hashing_turns import turn

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class OwaspArgon2Hasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane: OWASP's accepted strength at a tenth of the default's cost."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def salt(self) -> str:
        """128 random bits in one system call. Django makes one for each letter, and after each a thread must wait."""
        return token_urlsafe(16)

    def encode(self, password: str, salt: str) -> str:
        with turn():
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        with turn():
            return bool(super().verify(password, encoded))


class FirstPasswordHasher(BasePasswordHasher):
    """Several Argon2 hashes in one. Any of them is accepted, and the first sign-in replaces them with the one used.

    WHMCS sends the password as typed or HTML-escaped, and `&amp;` may be either. So both readings are kept until the
    customer signs in; then Django stores the one that was typed, because this algorithm is not preferred. The hashes
    share a salt, so a sign-in hashes once for all of them and takes as long as for an unknown address.
    """

    algorithm = "argon2_first"

    def encode(self, password: str, salt: str) -> str:
        return encode_readings([password])

    def decode(self, encoded: str) -> dict[str, Any]:
        return {"algorithm": self.algorithm, "hashes": encoded.removeprefix(f"{self.algorithm}$").split("|")}

    def verify(self, password: str, encoded: str) -> bool:
        readings = self.decode(encoded)["hashes"]
        alike = {_recipe_of(reading): reading for reading in readings}
        typed = {recipe: _hash_like(reading, password) for recipe, reading in alike.items()}
        # A list, so that `any` does not stop early: the time must not reveal which reading was right.
        return any([constant_time_compare(typed[_recipe_of(one)], one) for one in readings])  # noqa: C419

    def must_update(self, encoded: str) -> bool:
        return True

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing to do: every reading is always compared."""

    def safe_summary(self, encoded: str) -> "dict[str | _StrPromise, Any]":
        return {_("algorithm"): self.algorithm, _("readings"): len(self.decode(encoded)["hashes"])}


def encode_readings(readings: Sequence[str]) -> str:
    """The value for `User.password` that accepts each of `readings` (one or more texts)."""
    hasher = OwaspArgon2Hasher()
    salt = hasher.salt()
    hashes = [hasher.encode(reading, salt) for reading in readings]
    return hashes[0] if len(hashes) == 1 else f"{FirstPasswordHasher.algorithm}${'|'.join(hashes)}"


def _recipe_of(encoded: str) -> str:
    """Everything but the hash itself: `argon2$argon2id$v=..$m=..,t=..,p=..$salt`."""
    return encoded.rpartition("$")[0]


def _hash_like(encoded: str, password: str) -> str:
    """What Django would store for this password with the algorithm, the parameters and the salt of `encoded`."""
    stored = Argon2PasswordHasher().decode(encoded)
    how = stored["params"]
    hashed = low_level.hash_secret(
        password.encode(), stored["salt"].encode(), time_cost=how.time_cost, memory_cost=how.memory_cost,
        parallelism=how.parallelism, hash_len=how.hash_len, type=how.type, version=how.version,
    )  # fmt: skip
    return f"{Argon2PasswordHasher.algorithm}{hashed.decode('ascii')}"
