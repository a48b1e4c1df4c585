"""What makes a walk quick: no waiting between tries, short deadlines."""

import pytest

from billing.whmcs import Limits, RetryPolicy, WhmcsClient


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    """Time proves nothing here."""
    at_once = {**(RetryPolicy.__init__.__kwdefaults__ or {}), "sleep": lambda seconds: None}
    monkeypatch.setattr(RetryPolicy.__init__, "__kwdefaults__", at_once)
    monkeypatch.setitem(WhmcsClient.__init__.__kwdefaults__ or {}, "limits", Limits(seconds=5.0))
