"""kill -9 before every SQL statement of a run and around every commit: the next run ends as if nothing had been."""

import pytest

from billing.models import SyncRun
from companies.models import Company
from tests.proofs import stores
from tests.proofs.matrix import Matrix
from tests.proofs.points import Act, fail, kill
from tests.proofs.state import load_state
from tests.proofs.story import World, sync_now


def sync_to_the_end() -> None:
    """A run that the dead one's lease must not refuse."""
    assert sync_now().outcome in {SyncRun.Outcome.COMPLETE, SyncRun.Outcome.HELD}


def matrix(world: World, template: stores.Template, act: Act = kill) -> Matrix:
    return Matrix(template, sync_now, lambda: load_state(world.passwords), sync_to_the_end, act)


@pytest.mark.parametrize("happening", [World.three_people_buy, World.much_changes])
def test_a_run_killed_at_any_step_is_completed_by_the_next(world: World, happening: object) -> None:
    happening(world)  # type: ignore[operator]
    with stores.frozen() as template:
        assert matrix(world, template).problems() == []


@pytest.mark.parametrize("happening", [World.three_people_buy, World.much_changes])
def test_a_run_whose_database_fails_at_any_step_is_completed_by_the_next(world: World, happening: object) -> None:
    happening(world)  # type: ignore[operator]
    with stores.frozen() as template:
        assert matrix(world, template, fail).problems() == []


def test_the_matrix_sees_what_is_lost_between_two_transactions(world: World) -> None:
    """The proof of the proof: something made in two steps, and skipped where its first half is there already."""

    def make_in_two_steps() -> None:
        company, created = Company.objects.get_or_create(name="Halves", plan_id=Company.objects.all()[0].plan_id)
        if created:
            Company.objects.filter(pk=company.pk).update(email="both@example.com")

    with stores.frozen() as template:
        look = Matrix(template, make_in_two_steps, lambda: load_state({}), make_in_two_steps)
        assert any("missing" in problem for problem in look.problems())
