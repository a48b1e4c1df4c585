"""What makes a walk quick: no waiting between tries, short deadlines."""

import pytest

from billing.whmcs import Limits, WhmcsClient


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, transactional_db: None, no_pauses: None) -> None:
    """Time proves nothing here."""
    monkeypatch.setitem(WhmcsClient.__init__.__kwdefaults__ or {}, "limits", Limits(seconds=5.0))
