"""kill -9 around what waits for a yes: holding it, deciding on it, acting upon the decision, and a first import.

Of the many steps of a run a few are tried here, evenly spread; `test_kill_matrix` kills runs wherever it matters.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.decisions import approvals
from billing.models import WhmcsGateway
from billing.steps.safeguards import first_import
from companies.events import Actor
from companies.models import Company
from companies.standings.facts import access_of
from sandbox import SandboxServer
from tests.proofs import stores
from tests.proofs.matrix import Matrix
from tests.proofs.points import calling
from tests.proofs.state import State, load_state
from tests.proofs.story import PASSWORD, World, buy, make_gateway, sync_now, sync_to_the_end

LOSING = ("Dora", "Erik", "Fay")
SOMEBODY = Actor("somebody")


def say_yes() -> None:
    """To what waits; whoever said it already has nothing more to say."""
    for held in approvals.load_waiting(WhmcsGateway.objects.get()):
        approvals.approve(held, version=held.version, actor=SOMEBODY, at=timezone.now())


def say_no() -> None:
    until = timezone.localdate() + timedelta(days=5)
    for held in approvals.load_waiting(WhmcsGateway.objects.get()):
        approvals.reject(held, version=held.version, until=until, reason="No", actor=SOMEBODY, at=timezone.now())


def somebody_else_lost_access() -> str:
    """Whoever paid is in, whatever was interrupted; Gus's service had ended before."""
    companies = Company.objects.select_related("source").exclude(name__in=[f"{name} Smith" for name in LOSING])
    blocked = [company.name for company in companies if not access_of(company).is_open]
    return "" if blocked in ([], ["Gus Smith"]) else f"blocked: {blocked}"


def somebody_lost_access() -> str:
    blocked = [c.name for c in Company.objects.select_related("source") if not access_of(c).is_open]
    return "" if blocked in ([], ["Gus Smith"]) else f"blocked: {blocked}"


@pytest.fixture
def losing(world: World) -> World:
    """Three of twelve are suspended, which is too many here, and there is good news of two."""
    WhmcsGateway.objects.update(mass_change_count=1)
    for name in LOSING:
        world.shop.suspend(world.services[name].id)
    world.shop.renew(world.services["Hal"].id)
    world.shop.change_plan(world.services["Ida"].id, "Business")
    return world


@pytest.fixture
def held(losing: World) -> World:
    assert sync_now().outcome == "held"
    return losing


def test_a_run_that_holds_is_completed_by_the_next(losing: World) -> None:
    with stores.frozen() as template:
        look = lambda: load_state(losing.passwords)  # noqa: E731
        tries = Matrix(template, sync_now, look, sync_to_the_end, at_most=8, at_once=somebody_lost_access)
        assert tries.problems() == []


@pytest.mark.parametrize("decide", [say_yes, say_no])
def test_a_decision_killed_anywhere_is_made_by_deciding_again(held: World, decide: Callable[[], None]) -> None:
    with stores.frozen() as template:
        look = lambda: load_state(held.passwords)  # noqa: E731
        assert Matrix(template, decide, look, decide, at_once=somebody_lost_access).problems() == []


def test_the_matrix_sees_a_decision_that_is_made_in_pieces(held: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof of the proof: without its transaction a no may be heard that keeps nobody open."""
    monkeypatch.setattr(approvals, "reject", approvals.reject.__wrapped__)  # type: ignore[attr-defined]
    with stores.frozen() as template:
        look = lambda: load_state(held.passwords)  # noqa: E731
        assert Matrix(template, say_no, look, say_no, at_most=8).problems() != []


@pytest.mark.parametrize("decide", [say_yes, say_no])
def test_a_run_that_acts_upon_a_decision_is_completed_by_the_next(held: World, decide: Callable[[], None]) -> None:
    decide()
    with stores.frozen() as template:
        look = lambda: load_state(held.passwords)  # noqa: E731
        tries = Matrix(template, sync_now, look, sync_to_the_end, at_most=8, at_once=somebody_else_lost_access)
        assert tries.problems() == []


@pytest.mark.parametrize("decide", [lambda: None, say_yes], ids=["that is held", "after a yes"])
def test_a_first_import_is_completed_by_the_next_run(
    whmcs: SandboxServer, transactional_db: None, monkeypatch: pytest.MonkeyPatch, decide: Callable[[], None]
) -> None:
    """Of five, where four need a yes."""
    monkeypatch.setattr(first_import, "UNASKED", 3)
    names = ("Alice", "Bob", "Charlie", "Dora", "Erik")
    passwords = {f"{name.lower()}@example.com": PASSWORD for name in names}
    for name in names:
        buy(whmcs.shop, name)
    make_gateway(whmcs)
    assert sync_now().outcome == "held"
    decide()
    with stores.frozen() as template:
        look = lambda: load_state(passwords)  # noqa: E731
        assert Matrix(template, sync_now, look, sync_to_the_end, at_most=8).problems() == []


def test_a_reading_of_one_service_killed_anywhere_forgets_nobody_who_lost_access_by_it(world: World) -> None:
    """What the next question is about is counted in the transaction in which access is lost."""
    service = world.services["Dora"].id
    world.shop.suspend(service)

    def look() -> State:
        return load_state(world.passwords) | {"lost": list(WhmcsGateway.objects.values_list("lost_one_by_one"))}

    def read_it() -> None:
        sync_now(service_id=service)

    with stores.frozen() as template:
        assert Matrix(template, read_it, look, read_it).problems() == []


def test_a_run_killed_around_any_call_is_completed_by_the_next(world: World) -> None:
    """Before a call leaves and after its answer has come, with all that a run does: twenty of these moments."""
    world.three_people_buy()
    world.much_changes()
    with stores.frozen() as template:
        look = lambda: load_state(world.passwords)  # noqa: E731
        assert Matrix(template, sync_now, look, sync_to_the_end, points=calling, at_most=20).problems() == []
