"""One walk: a world, a judge, and the verbs that let Ticketz run. After every verb the judge looks at everything."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from billing.models import SyncRun
from billing.steps.finish import refresh
from tests.proofs.state import State, difference, load_rows
from tests.walk import runs, settled
from tests.walk.before import Before
from tests.walk.judge import Judge
from tests.walk.runs import Told
from tests.walk.world import World

MOST_RUNS = 5
"""So many runs at most until nothing changes any more: services of one company are read one after the other."""
MOST_QUESTIONS = 3


class Walk:
    """Do `walk.step(verb, ...)`: a verb of the world, or one of the runs below."""

    def __init__(self, guard_count: int = 10) -> None:
        self.world = World(guard_count)
        self.judge = Judge(self.world)

    def step(self, verb: str, **details: Any) -> None:
        """One step, and all that must hold after it. A minute passes."""
        act: Callable[..., object] = getattr(self, verb, None) or getattr(self.world, verb)
        act(**details)
        self.judge.after_step()
        self.world.clock.move(timedelta(minutes=1))

    def close(self) -> None:
        self.world.close()

    def sync(self) -> Told:
        """As things are, with whatever faults there are."""
        return self._run()

    def approve(self) -> None:
        """The operator says yes to what waits, and Ticketz runs. Nobody says that all customers are gone."""
        if not any(kind == "empty shop" for kind, _ in self.world.troubles):
            self._run("--approve")

    def reject(self, days: int = 14) -> Told:
        """The operator says no to what waits, keeps those companies open for some days, and Ticketz runs."""
        return self._run("--reject", "--until", str(self.world.clock.today + timedelta(days=days)))

    def settle(self) -> None:
        """The faults end, the operator says yes, and runs follow until nothing changes. Then all must be right."""
        self.world.calm()
        rows = load_rows()
        for number in range(MOST_RUNS):
            told = self._run_and_say_yes()
            before, rows = rows, load_rows()
            if number and not difference(before, rows):
                break
        else:
            raise AssertionError(f"G5: after {MOST_RUNS} runs still {difference(before, rows)}")
        company_of = self.judge.book.company_of
        # Of more than so many companies the next run reads the contacts of those that are left.
        alone = len(set(company_of.values())) == len(company_of) <= refresh.AT_MOST
        assert number == 1 or not alone, "G5: the second run still wrote something"
        settled.ensure_right(self.judge, told)
        self._is_quiet(rows)

    def _run_and_say_yes(self) -> Told:
        """To one question after the other: a yes to some losses can bring up what else is missing."""
        told = self._run()
        for _ in range(MOST_QUESTIONS):
            if told.outcome == "held":
                told = self._run("--approve")
        return told

    def _is_quiet(self, rows: State) -> None:
        self._run()
        assert not difference(rows, load_rows()), f"G5: nothing is new, and {difference(rows, load_rows())}"

    def kill(self, step: int = 1) -> None:
        """A run dies before its nth step with the database. The next one takes over at once."""
        before = Before.now(self.world)
        self.judge.was_killed = runs.killed(step)
        self.judge.after_run(before, told=None)

    def overlap(self, number: int = 2) -> None:
        """Several runs at the same moment."""
        before = Before.now(self.world)
        outcomes = runs.at_once(number)
        assert outcomes.count("refused") < number, "G10: nobody ran"
        self.judge.was_killed = False
        self.judge.after_run(before, told=None)

    def oversleep(self, step: int = 1) -> None:
        """A run falls asleep, another one takes over, the first wakes up and must not write.

        Where it fell asleep before it had the lease, it takes it when it wakes up and is a run like any other.
        """
        before, fence = Before.now(self.world), self.world.gateway.lease_fence
        had_lease = False

        def take_over() -> None:
            nonlocal had_lease
            had_lease = self.world.gateway.lease_fence > fence
            self.judge.after_run(before, told=None)
            self._run()

        wake = runs.overslept(step, take_over)
        if wake is None:
            self.judge.was_killed = False
            self.judge.after_run(before, told=None)
            return
        rows, before = load_rows(), Before.now(self.world)
        wake()
        changed = difference(rows, load_rows())
        assert not (had_lease and changed), f"G6: whoever overslept wrote {changed}"
        self.judge.after_run(before, told=None)
        # It may have opened its run after the takeover; then the next one closes it.
        self.judge.was_killed = SyncRun.objects.filter(outcome="running").exists()

    def _run(self, *options: str) -> Told:
        before = Before.now(self.world, says_yes="--approve" in options)
        told = runs.command("Shop", *options)
        self.judge.was_killed = False
        self.judge.after_run(before, told=told)
        return told
