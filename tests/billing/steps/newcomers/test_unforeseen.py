"""A record that fails in a way that nobody thought of: it is the only one that waits."""

import logging
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest

from billing.models import AttentionItem, Kind
from billing.steps.clients import details
from billing.whmcs import WhmcsClient
from billing.wording.attention import explain
from companies.models import Company, User
from sandbox import Shop
from tests.billing.conftest import Sync
from tests.billing.shopping import PASSWORD, buy, counts, open_kinds

pytestmark = pytest.mark.django_db(transaction=True)

# Where one newcomer's way leads through, and what tells Bob there.
PLACES = [(WhmcsClient, "fetch_client", 2), (details, "canonical_email", "bob@example.com")]


def failing_for(bob: object, way: Callable[..., Any]) -> Callable[..., Any]:
    def fail_for_bob(*arguments: object) -> Any:
        if bob in arguments:
            raise ZeroDivisionError("bob's own words")
        return way(*arguments)

    return fail_for_bob


@pytest.mark.parametrize(("owner", "name", "bob"), PLACES)
def test_a_newcomer_with_an_error_that_nobody_foresaw_keeps_none_of_the_others(
    shop: Shop, run: Sync, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    owner: object, name: str, bob: object,
) -> None:  # fmt: skip
    for customer in ("Alice", "Bob", "Charlie"):
        buy(shop, customer)
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR, "billing"):
        patch.setattr(owner, name, failing_for(bob, getattr(owner, name)))
        first, again = run(), run()
    assert (first.outcome, counts(first)) == ("partial", {"seen": 3, "created": 2, "failed": 1})
    assert set(Company.objects.values_list("name", flat=True)) == {"Alice Smith", "Charlie Smith"}
    assert counts(again) == {"seen": 3, "unchanged": 2, "failed": 1}

    item = AttentionItem.objects.get()  # one for both readings
    assert item.kind == Kind.BAD_CLIENT
    assert "something unforeseen happened (ZeroDivisionError)" in explain(item)
    assert "Client 2 can't be prepared: ZeroDivisionError at " in caplog.text
    assert "bob's own words" not in caplog.text

    assert counts(run()) == {"seen": 3, "created": 1, "unchanged": 2}
    assert open_kinds() == set()


def test_newcomers_do_not_wait_for_a_thread_that_can_not_be_had(
    shop: Shop, run: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that may have so many processes and threads, and no more."""
    start = Thread.start

    def start_or_not(thread: Thread) -> None:
        if thread.name.startswith("hash"):
            raise RuntimeError("can't start new thread")
        start(thread)

    for customer in ("Alice", "Bob", "Charlie"):
        buy(shop, customer)
    monkeypatch.setattr(Thread, "start", start_or_not)
    assert counts(run()) == {"seen": 3, "created": 3}
    assert User.objects.get(email="bob@example.com").check_password(PASSWORD)
