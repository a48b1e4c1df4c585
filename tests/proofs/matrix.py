"""Interrupt an action at the steps it takes, go on as the world would, and compare with nothing having happened."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.db import OperationalError

from tests.proofs import processes
from tests.proofs.points import Act, Points, acting, in_no_time, kill
from tests.proofs.state import State, difference, load_rows
from tests.proofs.stores import Template

# All steps, which takes minutes, instead of those that differ in what they leave behind and a few others.
EVERY_STEP = os.environ.get("INTERRUPT_AT_EVERY_STEP") == "1"
A_FEW = 10


@dataclass(frozen=True, slots=True)
class Matrix:
    """`action` is interrupted, `again` is what happens next, `look` gives the state that is compared.

    With `twice` it happens once more, and has to leave every row as it is. `at_once` names what is wrong between the
    interruption and what happens next ("" for nothing). Tried is each step at which the database holds something else
    than a step ago, and a few of all; with `at_most` only so many of all, evenly spread.
    Each try has a copy of `template` and processes of its own.
    """

    template: Template
    action: Callable[[], object]
    look: Callable[[], State]
    again: Callable[[], object]
    act: Act = kill
    twice: bool = True
    points: Points = acting
    at_most: int = 0
    at_once: Callable[[], str] = str

    def problems(self) -> list[str]:
        """One line for each step at which an interruption left something wrong; none means that all is well."""
        steps, expected = processes.run(self._undisturbed)
        labels, fresh = steps
        assert labels, "There is no step to interrupt."
        tried = self._tried(len(labels), fresh)
        found = processes.run_each(lambda n, job: self._try(n, job, expected), tried)
        return [f"step {n} ({labels[n - 1]}): {problem}" for n, problem in zip(tried, found, strict=True) if problem]

    def _tried(self, steps: int, fresh: list[int]) -> list[int]:
        if EVERY_STEP:
            return list(range(1, steps + 1))
        if self.at_most:
            return spread(steps, self.at_most)
        return sorted({*fresh, *spread(steps, A_FEW)})

    def _undisturbed(self) -> tuple[tuple[list[str], list[int]], State]:
        self.template.enter("undisturbed")
        with in_no_time(), self.points(kill) as steps:
            self.action()
        return (steps.labels, steps.fresh), self.look()

    def _try(self, step: int, job: int, expected: State) -> str:
        status, _ = processes.start(lambda: self._interrupted(job, step)).join()
        if self.act is kill and status != -signal.SIGKILL:
            return "the action ended before this step"
        first, rewritten = processes.run(lambda: self._afterwards(job))
        return rewritten or difference(expected, first)

    def _interrupted(self, job: int, step: int) -> None:
        self.template.enter(job)
        with suppress(OperationalError), in_no_time(), self.points(self.act, at=step):
            self.action()

    def _afterwards(self, job: int) -> tuple[State, str]:
        """The state after the action was repeated, and what was rewritten by repeating it once more."""
        self.template.use(job)
        if problem := self.at_once():
            return self.look(), problem
        self.again()
        state = self.look()
        if not self.twice:
            return state, ""
        rows = load_rows()
        self.again()
        return state, difference(rows, load_rows())


def spread(steps: int, at_most: int) -> list[int]:
    """The first step, the last one, and as many between them as there may be, at equal distances."""
    if steps <= at_most:
        return list(range(1, steps + 1))
    return sorted({1 + round(number * (steps - 1) / (at_most - 1)) for number in range(at_most)})
