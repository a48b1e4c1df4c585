"""Interrupt an action at every step it takes, go on as the world would, and compare with nothing having happened."""

import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.db import OperationalError

from tests.proofs import processes
from tests.proofs.points import Act, acting, kill
from tests.proofs.state import State, difference, load_rows
from tests.proofs.stores import Template


@dataclass(frozen=True, slots=True)
class Matrix:
    """`action` is interrupted, `again` is what happens next, `look` gives the state that is compared.

    With `twice` it happens once more, and has to leave every row as it is.
    Each try has a copy of `template` and processes of its own.
    """

    template: Template
    action: Callable[[], object]
    look: Callable[[], State]
    again: Callable[[], object]
    act: Act = kill
    twice: bool = True

    def problems(self) -> list[str]:
        """One line for each step at which an interruption left something wrong; none means that all is well."""
        steps, expected = processes.run(self._undisturbed)
        found = processes.run_each(lambda n, job: self._try(n, job, expected), range(1, len(steps) + 1))
        return [f"step {n} ({steps[n - 1]}): {problem}" for n, problem in enumerate(found, start=1) if problem]

    def _undisturbed(self) -> tuple[list[str], State]:
        self.template.enter("undisturbed")
        with acting(kill) as steps:
            self.action()
        return steps.labels, self.look()

    def _try(self, step: int, job: int, expected: State) -> str:
        status, _ = processes.start(lambda: self._interrupted(job, step)).join()
        if self.act is kill and status != -signal.SIGKILL:
            return "the action ended before this step"
        first, rewritten = processes.run(lambda: self._afterwards(job))
        return difference(expected, first) or rewritten

    def _interrupted(self, job: int, step: int) -> None:
        self.template.enter(job)
        with suppress(OperationalError), acting(self.act, at=step):
            self.action()

    def _afterwards(self, job: int) -> tuple[State, str]:
        """The state after the action was repeated, and what was rewritten by repeating it once more."""
        self.template.use(job)
        self.again()
        state = self.look()
        if not self.twice:
            return state, ""
        rows = load_rows()
        self.again()
        return state, difference(rows, load_rows())
