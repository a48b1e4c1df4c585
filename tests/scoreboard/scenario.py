"""A scenario as data: which fault of the catalogue, in one sentence, and how to make it happen."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.scoreboard.probe import Gate
from tests.scoreboard.stage import Stage, change_a_little

Act = Callable[[Stage], object]


def nothing(stage: Stage) -> None:
    """For what goes wrong here and not there."""


def clear(stage: Stage) -> None:
    """The fault is over."""
    stage.clear()


@dataclass(frozen=True, slots=True)
class Ran:
    """How one reading ended: exit status, what was printed or logged, in one word how Ticketz calls it."""

    status: int
    output: str
    outcome: str = ""

    @property
    def has_traceback(self) -> bool:
        return "Traceback (most recent call last)" in self.output


Runner = Callable[[Stage], Ran]
"""Starts a reading of all gateways and waits for its end."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two who are compared: how it reads, and how its pages decide who gets in.

    `kill` starts a reading, kills its process in the middle of a call to WHMCS, and leaves everything as it is then.
    Only `is_ticketz` has an operator.
    """

    run: Runner
    kill: Runner
    gate: Gate
    is_ticketz: bool


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row. `number` is the fault's in the catalogue, with a letter where there are several of it.

    Before the fault everything is as `past` leaves it. Then the world moves on (`change`), the fault begins
    (`disturb`), there are `runs` readings; then an operator does what only a person can (`operator`, for Ticketz only:
    the script knows none), the fault is over (`mend`), and there is one more reading.

    `lasts`: it may stay for weeks, so that everybody but `spared` has to be served right while it is there.
    `look` finds what no general probe sees. `run` replaces how a reading is started: by several at once, say.
    `varies`: what the script does depends on luck or on the database, so it is not held against the document.
    """

    number: str
    sentence: str
    disturb: Act = nothing
    change: Act = change_a_little
    past: Act = nothing
    mend: Act = clear
    operator: Act = nothing
    look: Callable[[Stage], list[str]] = lambda stage: []
    run: "Callable[[Stage, Side], Ran]" = lambda stage, side: side.run(stage)
    runs: int = 1
    lasts: bool = False
    spared: tuple[str, ...] = ()
    varies: bool = False

    @property
    def fault(self) -> str:
        """The number in the catalogue."""
        return self.number[:4]
