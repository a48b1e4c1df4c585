"""A walk by dice, as long as one likes, and the shortest walk that fails in the same way."""

import logging
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from time import monotonic

from tests.walk.verbs import VERBS
from tests.walk.walk import Walk

logger = logging.getLogger(__name__)
Step = tuple[str, dict[str, object]]
PATIENCE = 120
"""Seconds that a walk is made shorter for."""


def throw(seed: int) -> Iterator[Step]:
    """Steps without end; the same seed gives the same ones."""
    dice = random.Random(seed)  # noqa: S311 - not a secret
    verbs, weights = list(VERBS), [verb.weight for verb in VERBS.values()]
    while True:
        verb = dice.choices(verbs, weights)[0]
        yield verb, {name: dice.choice(choices) for name, choices in VERBS[verb].details.items()}


def take(steps: Sequence[Step], guard_count: int) -> tuple[int, AssertionError] | None:
    """Take these steps. None where all went well, else the number of steps taken and what was wrong (also logged)."""
    walk = Walk(guard_count)
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


def shorten(steps: Sequence[Step], guard_count: int, problem: AssertionError) -> list[Step]:
    """Leave out whatever can be left out, in big parts first, while the same invariant fails."""
    kept, size, ends_at = list(steps), max(1, len(steps) // 2), monotonic() + PATIENCE
    while size and monotonic() < ends_at:
        start, shorter = 0, False
        while start < len(kept) and monotonic() < ends_at:
            attempt = kept[:start] + kept[start + size :]
            failed = take(attempt, guard_count)
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


def first(number: int, seed: int) -> list[Step]:
    return list(islice(throw(seed), number))
