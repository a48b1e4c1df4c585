"""Interrupt an action at every step it takes, go on as the world would, and compare with nothing having happened."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.db import OperationalError

from tests.proofs import processes, stores
from tests.proofs.points import Act, acting, kill
from tests.proofs.state import State, difference, load_rows
from tests.proofs.stores import Template


@dataclass(frozen=True, slots=True)
class Matrix:
    """`action` is interrupted, `again` is what happens next (twice), `look` gives the state that is compared.

    Each try has a copy of `template` and processes of its own.
    """

    template: Template
    action: Callable[[], object]
    look: Callable[[], State]
    again: Callable[[], object]
    act: Act = kill

    def problems(self) -> list[str]:
        """One line for each step at which an interruption left something wrong; none means that all is well."""
        steps, expected = processes.run(self._undisturbed)
        found = processes.run_each(lambda n: self._try(n, expected), range(1, len(steps) + 1))
        return [f"step {n} ({steps[n - 1]}): {problem}" for n, problem in enumerate(found, start=1) if problem]

    def count_steps(self) -> int:
        """How many steps the undisturbed action takes."""
        return len(processes.run(self._undisturbed)[0])

    def _undisturbed(self) -> tuple[list[str], State]:
        stores.use(self.template.copy("undisturbed"))
        with acting(kill) as steps:
            self.action()
        return steps.labels, self.look()

    def _try(self, step: int, expected: State) -> str:
        name = self.template.copy(os.getpid())
        status, _ = processes.start(lambda: self._interrupted(name, step)).join()
        if self.act is kill and status != -signal.SIGKILL:
            return "the action ended before this step"
        first, rewritten = processes.run(lambda: self._afterwards(name))
        return difference(expected, first) or rewritten

    def _interrupted(self, name: str, step: int) -> None:
        stores.use(name)
        with suppress(OperationalError), acting(self.act, at=step):
            self.action()

    def _afterwards(self, name: str) -> tuple[State, str]:
        """The state after the action was repeated, and what was rewritten by repeating it once more."""
        stores.use(name)
        self.again()
        state, rows = self.look(), load_rows()
        self.again()
        return state, difference(rows, load_rows())
