"""The play: the shop goes on, evils come and go, somebody watches; then all is put right and must come right."""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from tests.nemesis.evil import Nemesis, Undo
from tests.nemesis.truth import Truth
from tests.nemesis.watch import Watch

AT_FIRST, MANY = 30, 100
BETWEEN_LOOKS = 0.25
# After much trouble a gateway is left alone for up to five minutes (`billing.runs.schedule`).
LONGEST_UNTIL_WELL = 400.0


@dataclass(slots=True)
class Play:
    """One play; `tell` takes what is to be printed."""

    truth: Truth
    watch: Watch
    nemesis: Nemesis
    dice: random.Random
    tell: Callable[[str], object]
    done: Counter[str] = field(default_factory=Counter)
    _waiting: list[tuple[float, Undo]] = field(default_factory=list)

    def run(self, seconds: float) -> None:
        """Play for so long, then wait until all is well. Raises AssertionError where something was wrong."""
        self.nemesis.heal_whmcs()
        self.truth.buy(AT_FIRST)
        self.nemesis.cluster.start_all()
        self._wait_until_well()
        self.truth.buy(MANY)
        ends = time.monotonic() + seconds
        next_step = next_evil = time.monotonic()
        while (now := time.monotonic()) < ends:
            if now >= next_step:
                self.done[self.truth.step()] += 1
                next_step = now + self.dice.uniform(0.1, 1.0)
            if now >= next_evil:
                self._strike(now)
                next_evil = now + self.dice.uniform(2, 8)
            self._undo(now)
            self.watch.look()
            time.sleep(BETWEEN_LOOKS)
        self._undo(float("inf"))
        self.nemesis.cluster.start_all()
        took = self._wait_until_well()
        self.watch.ensure_once()
        self._summarise(took)
        assert self.watch.differences() + self.watch.problems == []

    def _strike(self, now: float) -> None:
        name, undo = self.nemesis.strike()
        self.done[name] += 1
        self._waiting.append((now + self.dice.uniform(1, 12), undo))

    def _undo(self, now: float) -> None:
        over = [undo for at, undo in self._waiting if at <= now]
        self._waiting = [(at, undo) for at, undo in self._waiting if at > now]
        for undo in over:
            undo()

    def _wait_until_well(self) -> float:
        began = time.monotonic()
        while self.watch.differences() and time.monotonic() < began + LONGEST_UNTIL_WELL:
            self.watch.look()
            time.sleep(BETWEEN_LOOKS)
        return time.monotonic() - began

    def _summarise(self, took: float) -> None:
        waited = sorted(self.watch.waited.values())
        self.tell(f"in the shop and against it: {dict(self.done.most_common())}")
        self.tell(f"{self.watch.samples} samples, {len(self.watch.owed)} services that were never to be locked out")
        self.tell(f"runs: {self.watch.outcomes()}")
        self.tell(f"a purchase waited {median(waited):.1f} s (median), {waited[-1]:.1f} s at most")
        self.tell(f"all was well {took:.1f} s after the last evil; problems: {self.watch.problems}")
