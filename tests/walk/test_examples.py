"""Walks that once failed, and walks that must fail where a guard is switched off: each as short as it could be made."""

from collections.abc import Iterator

import pytest

from tests.walk.walk import Walk


@pytest.fixture
def walk() -> Iterator[Walk]:
    walk = Walk(guard_count=2)
    yield walk
    walk.close()


def test_an_order_that_never_became_a_company_may_be_missing_in_an_empty_list(walk: Walk) -> None:
    walk.step("buy")
    walk.step("suspend")
    walk.step("sync")
    walk.step("exempt", days=99)
    walk.step("trouble", kind="empty shop")
    walk.step("sync")


def test_a_locked_company_counts_among_those_that_lose_access(walk: Walk) -> None:
    """What an operator locked is open again when they unlock it, unless billing has taken it away meanwhile."""
    for address in ("ana", "bob", "eva"):
        walk.step("buy", address=address)
    walk.step("sync")
    walk.step("lock")
    walk.step("wait", hours=40 * 24)
    walk.step("sync")
    walk.step("settle")


def test_what_was_half_done_when_a_runner_fell_asleep_is_finished_by_the_next(walk: Walk) -> None:
    walk.step("buy", address="plus", typed="endless")
    walk.step("oversleep", step=46)
    walk.step("settle")
