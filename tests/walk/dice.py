"""A walk by dice, as long as one likes, and the shortest walk that fails in the same way."""

import logging
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from time import monotonic
from typing import NamedTuple

from tests.walk.several import Several
from tests.walk.verbs import SEVERAL, VERBS, Verb
from tests.walk.walk import Walk

logger = logging.getLogger(__name__)
Step = tuple[str, dict[str, object]]
PATIENCE = 120
"""Seconds that a walk is made shorter for."""


class Dice(NamedTuple):
    """Which verbs come up how often, and the walk that knows them."""

    verbs: Mapping[str, Verb]
    walk: type[Walk]


PLAIN = Dice(VERBS, Walk)
LOADED = {"": PLAIN, "several": Dice(SEVERAL, Several)}


def throw(seed: int, loaded: Dice = PLAIN) -> Iterator[Step]:
    """Steps without end; the same seed gives the same ones."""
    dice = random.Random(seed)  # noqa: S311 - not a secret
    verbs, weights = list(loaded.verbs), [verb.weight for verb in loaded.verbs.values()]
    while True:
        verb = dice.choices(verbs, weights)[0]
        yield verb, {name: dice.choice(choices) for name, choices in loaded.verbs[verb].details.items()}


def take(steps: Sequence[Step], guard_count: int, loaded: Dice = PLAIN) -> tuple[int, AssertionError] | None:
    """Take these steps. None where all went well, else the number of steps taken and what was wrong (also logged)."""
    walk = loaded.walk(guard_count)
    try:
        for number, (verb, details) in enumerate(steps, 1):
            try:
                walk.step(verb, **details)
            except AssertionError as problem:
                logger.warning("Step %d: %s", number, problem)
                return number, problem
    finally:
        walk.close()
    return None


def shorten(steps: Sequence[Step], guard_count: int, problem: AssertionError, loaded: Dice = PLAIN) -> list[Step]:
    """Leave out whatever can be left out, in big parts first, while the same invariant fails."""
    kept, size, ends_at = list(steps), max(1, len(steps) // 2), monotonic() + PATIENCE
    while size and monotonic() < ends_at:
        start, shorter = 0, False
        while start < len(kept) and monotonic() < ends_at:
            attempt = kept[:start] + kept[start + size :]
            failed = take(attempt, guard_count, loaded)
            if failed and kind_of(failed[1]) == kind_of(problem):
                kept, shorter = attempt[: failed[0]], True
            else:
                start += size
        size = size if shorter and size == 1 else size // 2
    return kept


def kind_of(problem: AssertionError) -> str:
    """What failed, without the numbers."""
    return "".join(char for char in str(problem)[:24] if not char.isdigit())


def written(steps: Sequence[Step]) -> str:
    """The steps as they stand in test_examples.py."""
    return "\n".join(
        f"    walk.step({', '.join([repr(verb), *(f'{name}={value!r}' for name, value in details.items())])})"
        for verb, details in steps
    )


def first(number: int, seed: int, loaded: Dice = PLAIN) -> list[Step]:
    return list(islice(throw(seed, loaded), number))
