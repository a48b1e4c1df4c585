"""kill -9 wherever a run has just written something or is about to: the next run ends as if nothing had been.

An end between two of these moments finds the same in the database. A few of them are tried all the same, and all of
them with INTERRUPT_AT_EVERY_STEP=1.
"""

from collections.abc import Callable

import pytest

from companies.models import Company
from tests.proofs import stores
from tests.proofs.matrix import Matrix
from tests.proofs.points import fail
from tests.proofs.state import load_state
from tests.proofs.story import World, sync_now, sync_to_the_end


@pytest.mark.parametrize("happening", [World.three_people_buy, World.much_changes])
def test_a_run_killed_anywhere_is_completed_by_the_next(world: World, happening: Callable[[World], None]) -> None:
    happening(world)
    with stores.frozen() as template:
        tries = Matrix(template, sync_now, lambda: load_state(world.passwords), sync_to_the_end)
        assert tries.problems() == []


def test_a_run_whose_database_fails_anywhere_is_completed_by_the_next(world: World) -> None:
    """To whoever goes on after an error each statement is another one: every third is tried."""
    world.three_people_buy()
    world.much_changes()
    with stores.frozen() as template:
        look = lambda: load_state(world.passwords)  # noqa: E731
        assert Matrix(template, sync_now, look, sync_to_the_end, fail, twice=False, at_most=50).problems() == []


def test_the_matrix_sees_what_is_lost_between_two_transactions(world: World) -> None:
    """The proof of the proof: something made in two steps, and skipped where its first half is there already."""

    def make_in_two_steps() -> None:
        company, created = Company.objects.get_or_create(name="Halves", plan_id=Company.objects.all()[0].plan_id)
        if created:
            Company.objects.filter(pk=company.pk).update(email="both@example.com")

    with stores.frozen() as template:
        look = Matrix(template, make_in_two_steps, lambda: load_state({}), make_in_two_steps)
        assert any("missing" in problem for problem in look.problems())
