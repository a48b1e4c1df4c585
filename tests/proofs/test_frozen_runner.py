"""A runner that sleeps through the end of its lease finds that another has taken over, and writes nothing more."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from django.utils import timezone

from billing.errors import RunInProgress
from billing.models import SyncRun, WhmcsGateway
from billing.runs.lease import LEASE, Lease
from tests.proofs import processes, stores
from tests.proofs.points import acting, freeze, kill
from tests.proofs.state import State, difference, load_rows, load_state
from tests.proofs.stores import Template
from tests.proofs.story import World, sync_now


def steps_outside_of_transactions(template: Template) -> list[int]:
    """Where a runner can sleep without holding up everybody else: before each write, and before every fourth read."""

    def run() -> list[int]:
        template.enter("undisturbed")
        with acting(kill) as steps:
            sync_now()
        reads = [step for step in steps.outside if steps.labels[step - 1].startswith("SELECT")]
        return sorted({*steps.outside} - {*reads} | {*reads[::4]})

    return processes.run(run)


def sleep_through_a_takeover(template: Template, step: int, meanwhile: Callable[[], object]) -> tuple[str, str]:
    """What a runner wrote that slept at `step` while another took over, and the outcomes of all runs."""
    sleeper = processes.start(lambda: _sleep(template, step))
    assert sleeper.wait_until_stopped()
    meanwhile()
    before = processes.run(lambda: _take_over(template))
    sleeper.wake()
    sleeper.join()
    return processes.run(lambda: _look(template, before))


def _sleep(template: Template, step: int) -> None:
    template.enter(0)
    # It may have fallen asleep before it took the lease, and then finds it taken.
    with suppress(RunInProgress), acting(freeze, at=step):
        sync_now()


def _take_over(template: Template) -> State:
    template.use(0)
    WhmcsGateway.objects.filter(lease_until__gt=timezone.now()).update(lease_until=timezone.now() - LEASE)
    assert sync_now().outcome in {SyncRun.Outcome.COMPLETE, SyncRun.Outcome.HELD}
    return load_rows()


def _look(template: Template, before: State) -> tuple[str, str]:
    template.use(0)
    return difference(before, load_rows()), " ".join(SyncRun.objects.order_by("pk").values_list("outcome", flat=True))


@pytest.fixture
def disturbed(world: World) -> World:
    world.three_people_buy()
    world.much_changes()
    return world


def test_a_runner_that_wakes_up_late_writes_nothing(disturbed: World) -> None:
    moves = iter(range(10_000))

    def the_shop_goes_on() -> None:
        disturbed.shop.renew(disturbed.services["Dora"].id, next(moves) % 12 + 1)

    with stores.frozen() as template:
        steps = steps_outside_of_transactions(template)
        slept = {step: sleep_through_a_takeover(template, step, the_shop_goes_on) for step in steps}
    assert {step: written for step, (written, _) in slept.items() if written} == {}
    assert any(outcomes.endswith("lost held") for _, outcomes in slept.values())


def test_without_the_fence_it_would(disturbed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof of the proof."""
    monkeypatch.setattr(Lease, "extend", lambda lease: None)
    with stores.frozen() as template:
        steps = steps_outside_of_transactions(template)
        assert any(sleep_through_a_takeover(template, step, lambda: None)[0] for step in steps)


def test_two_runners_at_the_same_moment_end_like_one(disturbed: World) -> None:
    def run_in(template: Template) -> str:
        template.use(0)
        try:
            return str(sync_now().outcome)
        except RunInProgress:
            return "refused"

    def look_at(template: Template) -> State:
        template.use(0)
        return load_state(disturbed.passwords)

    with stores.frozen() as template:
        processes.run(lambda: template.enter(0))
        processes.run(lambda: run_in(template))
        expected = processes.run(lambda: look_at(template))
        for _ in range(5):
            processes.run(lambda: template.enter(0))
            runners = [processes.start(lambda: run_in(template)) for _ in range(3)]
            outcomes = [runner.join()[1] for runner in runners]
            assert outcomes.count("refused") < len(runners)
            assert difference(expected, processes.run(lambda: look_at(template))) == ""
