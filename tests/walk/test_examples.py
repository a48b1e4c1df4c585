"""Walks that once failed, and walks that must fail where a guard is switched off: each as short as it could be made."""

from collections.abc import Iterator

import pytest

from billing.models import HeldChanges, SyncRun
from billing.steps.run import batching
from companies.models import Company, User
from companies.standings.facts import access_of
from tests.walk.troubles import POISONS
from tests.walk.walk import Walk


@pytest.fixture
def walk() -> Iterator[Walk]:
    walk = Walk(guard_count=2)
    yield walk
    walk.close()


@pytest.mark.parametrize("kind", ["empty list", "empty shop", "half a list"])
def test_an_order_that_never_became_a_company_may_be_missing_in_a_list(walk: Walk, kind: str) -> None:
    walk.step("buy")
    walk.step("suspend")
    walk.step("sync")
    walk.step("exempt", days=99)
    walk.step("trouble", kind=kind)
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


def test_a_runner_that_opens_its_run_after_a_takeover_ends_it(walk: Walk) -> None:
    """It fell asleep between taking the lease and opening its run."""
    for step in range(5, 10):
        walk.step("oversleep", step=step)
        assert not walk.judge.was_killed


def test_a_shop_that_has_forgotten_its_only_customer_locks_nobody_who_pays(walk: Walk) -> None:
    walk.step("buy")
    walk.step("sync")
    walk.step("trouble", kind="empty shop")
    walk.step("wait", hours=24 * 40)
    walk.step("pay")
    walk.step("sync")
    walk.step("sync")


def test_a_word_that_nobody_knows_is_no_evidence_that_a_date_passed_unpaid(walk: Walk) -> None:
    """WHMCS sends a due date in the future beside it."""
    walk.step("buy")
    walk.step("sync")
    walk.step("poison", kind="word")
    walk.step("pay")
    walk.step("wait", hours=24 * 35)
    walk.step("sync")


@pytest.mark.parametrize("kind", POISONS)
def test_a_row_gone_bad_whose_last_known_date_passes_ends_no_run(walk: Walk, kind: str) -> None:
    walk.step("buy")
    walk.step("sync")
    walk.step("poison", kind=kind)
    walk.step("pay")
    walk.step("wait", hours=24 * 35)
    walk.step("sync")
    walk.step("settle")


@pytest.mark.parametrize("order", [(0, 3), (3, 0)])
def test_two_services_of_one_company_that_come_back_at_once_are_no_race(walk: Walk, order: tuple[int, int]) -> None:
    for address in ("ana", "bob", "eva"):
        walk.step("buy", address=address)
    walk.step("sync")
    walk.step("end")
    walk.step("settle")
    walk.step("buy_again", plan="Business")
    walk.step("settle")
    walk.step("end", service=3)
    walk.step("settle")
    for service in order:
        walk.step("unsuspend", service=service)
    walk.step("settle")


def test_a_service_that_vanishes_when_it_is_overdue_is_counted_once(walk: Walk) -> None:
    for address in ("ana", "bob"):
        walk.step("buy", address=address)
    walk.step("sync")
    walk.step("delete_service", service=1)
    walk.step("wait", hours=24 * 40)
    walk.step("sync")
    assert SyncRun.objects.latest("pk").seen == 2


def test_whoever_tidies_up_ended_services_is_not_held_for_ever(walk: Walk) -> None:
    for address in ("ana", "bob", "eva", "gus"):
        walk.step("buy", address=address)
    walk.step("sync")
    for service in range(3):
        walk.step("end", service=service)
    walk.step("settle")
    for _ in range(3):
        walk.step("delete_service")
    walk.step("settle")


def test_a_no_lasts_until_its_day_and_then_it_is_asked_anew(walk: Walk) -> None:
    for address in ("ana", "bob", "eva", "gus"):
        walk.step("buy", address=address)
    walk.step("sync")
    walk.step("suspend_all")
    walk.step("sync")
    walk.step("reject")
    walk.step("settle")
    walk.step("wait", hours=24 * 15)
    walk.step("sync")
    assert HeldChanges.objects.get(closed_at=None).verdict == "waiting"
    walk.step("settle")


def test_a_yes_is_good_for_once(walk: Walk) -> None:
    for address in ("ana", "bob", "eva", "gus"):
        walk.step("buy", address=address)
    walk.step("sync")
    walk.step("suspend_all")
    walk.step("sync")
    walk.step("approve")
    for service in range(4):
        walk.step("unsuspend", service=service)
    walk.step("sync")
    walk.step("suspend_all")
    walk.step("sync")
    assert not Company.objects.filter(status="suspended").exists()


def test_a_client_who_buys_again_gets_it_at_once_though_the_first_service_moves_away_meanwhile(walk: Walk) -> None:
    for address in ("bob", "ana"):
        walk.step("buy", address=address)
    walk.step("sync")
    walk.step("suspend")
    walk.step("move_service", client=1)
    walk.step("buy_again")
    walk.step("sync")
    assert User.objects.get(email="bob@example.com").memberships.count() == 2


def test_a_deleted_service_that_whmcs_still_repeats_is_one_that_was_bought(walk: Walk) -> None:
    walk.step("buy")
    walk.step("duplicate")
    walk.step("delete_service")
    walk.step("sync")
    assert Company.objects.count() == 1
    walk.step("settle")


@pytest.mark.parametrize("is_paid", [False, True])
def test_a_service_that_contradicts_itself_keeps_its_company_as_it_was(walk: Walk, is_paid: bool) -> None:
    walk.step("buy")
    walk.step("sync")
    walk.step("unsuspend" if is_paid else "suspend")
    walk.step("settle")
    walk.step("duplicate", differs=True)
    walk.step("sync")
    assert Company.objects.get().status == ("active" if is_paid else "suspended")
    walk.step("settle")


@pytest.mark.parametrize(("seconds", "believed"), [(60.0, "suspended"), (0.0, "active")])
def test_a_service_that_contradicts_itself_on_two_pages_is_believed_only_where_the_first_was_acted_upon_by_then(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, seconds: float, believed: str
) -> None:
    """The repeated row comes with the part of the page that can be encoded, before the one that it repeats."""
    monkeypatch.setattr(batching, "SECONDS_AT_MOST", seconds)
    for address in ("ana", "bob", "eva", "gus"):
        walk.step("buy", address=address)
    walk.step("sync")
    walk.step("suspend", service=3)
    walk.step("settle")
    walk.step("duplicate", service=3, differs=True)
    walk.step("poison", service=1, kind="bytes")
    walk.step("sync")
    assert Company.objects.latest("pk").status == believed
    walk.step("heal_all")
    walk.step("settle")
    assert Company.objects.latest("pk").status == "suspended"


def walk_past_a_false_answer(walk: Walk) -> None:
    """A service was followed to another product, and then WHMCS said once that there is no such service."""
    for address in ("ana", "bob"):
        walk.step("buy", address=address)
    walk.step("sync")
    walk.step("move_product")
    walk.step("sync")
    walk.step("trouble", kind="no such service")
    walk.step("sync")
    walk.step("calm")


def test_one_false_answer_about_a_service_of_another_product_locks_nobody_who_pays(walk: Walk) -> None:
    walk_past_a_false_answer(walk)
    walk.step("wait", hours=24 * 40)
    for service in range(2):
        walk.step("pay", service=service)
    walk.step("sync")
    walk.step("settle")


def test_one_false_answer_about_a_service_of_another_product_is_forgotten(walk: Walk) -> None:
    walk_past_a_false_answer(walk)
    walk.step("move_due_date", days=30)
    walk.step("settle")


def test_a_company_that_only_the_operator_had_locked_is_open_when_they_unlock_it(walk: Walk) -> None:
    """Its service is gone from WHMCS, so nobody pays, and it works until its date."""
    for address in ("ana", "bob"):
        walk.step("buy", address=address)
    walk.step("sync")
    walk.step("delete_service")
    walk.step("lock")
    walk.step("settle")
    walk.step("unlock")
    walk.step("settle")


def test_a_company_that_billing_closed_stays_closed_when_the_operator_unlocks_it(walk: Walk) -> None:
    for address in ("ana", "bob"):
        walk.step("buy", address=address)
    walk.step("sync")
    walk.step("suspend")
    walk.step("lock")
    walk.step("settle")
    assert len(walk.judge.locked) == 1
    walk.step("unlock")
    walk.step("settle")
    assert len(walk.judge.locked) == 1


@pytest.mark.parametrize("kind", ["client", "word"])
def test_a_plan_that_comes_back_is_not_given_by_a_record_that_nobody_can_read(walk: Walk, kind: str) -> None:
    walk.step("rename_plan", plan="Team", name="Group")
    for address in ("ana", "bob", "eva"):
        walk.step("buy", address=address, plan="Starter")
    walk.step("sync")
    walk.step("change_plan", plan="Team")
    walk.step("settle")
    walk.step("poison", kind=kind)
    walk.step("rename_plan", plan="Group", name="Team")
    walk.step("settle")
    walk.step("heal_all")
    walk.step("settle")
    assert Company.objects.earliest("pk").plan.name == "Team"


def test_whoever_pays_while_an_operator_keeps_them_open_is_closed_with_that_until_it_is_read(walk: Walk) -> None:
    walk.step("buy")
    walk.step("sync")
    walk.step("suspend")
    walk.step("settle")
    walk.step("hold")
    walk.step("unsuspend")
    walk.step("end_hold")
    walk.step("settle")
    assert access_of(Company.objects.select_related("source").get()).is_open
