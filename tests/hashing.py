"""What a password hash costs in tests: next to nothing, except where the cost is what is asked about."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from companies.authentication.hashers import OwaspArgon2Hasher

_REAL_KIB, _REAL_PASSES = OwaspArgon2Hasher.memory_cost, OwaspArgon2Hasher.time_cost


@contextmanager
def cheap_hashes(kib: int = 8, passes: int = 1) -> Iterator[None]:
    """Argon2 with its least parameters: the same code, which accepts and refuses the same."""
    with patch.object(OwaspArgon2Hasher, "memory_cost", kib), patch.object(OwaspArgon2Hasher, "time_cost", passes):
        yield


@contextmanager
def real_hashes() -> Iterator[None]:
    """Argon2 with the product's parameters."""
    with cheap_hashes(_REAL_KIB, _REAL_PASSES):
        yield
