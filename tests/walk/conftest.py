"""What makes a walk quick: no waiting between tries, short deadlines. And where one of two services begins."""

from collections.abc import Iterator

import pytest

from billing.whmcs import Limits, WhmcsClient
from tests.walk.several import Several


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, transactional_db: None, no_pauses: None) -> None:
    """Time proves nothing here."""
    monkeypatch.setitem(WhmcsClient.__init__.__kwdefaults__ or {}, "limits", Limits(seconds=5.0))


@pytest.fixture
def several() -> Iterator[Several]:
    """A company of two services, both paid; the newer speaks for it."""
    walk = Several(guard_count=2)
    walk.step("buy")
    walk.step("sync")
    walk.step("buy_beside")
    walk.step("settle")
    yield walk
    walk.close()
