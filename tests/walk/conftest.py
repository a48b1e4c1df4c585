"""What makes a walk quick: hashes that cost next to nothing, no waiting between tries, short deadlines."""

import pytest

from billing.whmcs import RetryPolicy, WhmcsClient
from companies.hashers import OwaspArgon2Hasher


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    """Neither time nor memory proves anything here."""
    monkeypatch.setattr(OwaspArgon2Hasher, "memory_cost", 8)
    monkeypatch.setattr(OwaspArgon2Hasher, "time_cost", 1)
    at_once = {**(RetryPolicy.__init__.__kwdefaults__ or {}), "sleep": lambda seconds: None}
    monkeypatch.setattr(RetryPolicy.__init__, "__kwdefaults__", at_once)
    monkeypatch.setitem(WhmcsClient.__init__.__kwdefaults__ or {}, "deadline_seconds", 5.0)
