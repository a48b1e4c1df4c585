"""Random walks of truth and faults, with everything that must hold looked at after each step.

`WALK_EXAMPLES` and `WALK_STEPS` say how many walks Hypothesis makes up and how long they are, `WALK_SEED` which ones
(default 0; the same seed makes the same walks). `WALK_LONG` is the number of steps of the one long walk by dice: 2,000
with `make walk`. `WALK_DICE=several` loads the dice: companies of several services, readings of one, a gateway that is
switched off, and a judge who asks more. A walk that fails here is printed as the steps to repeat it, fit for
test_examples.py.
"""

import os
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.walk import dice
from tests.walk.verbs import VERBS
from tests.walk.walk import Walk

EXAMPLES = int(os.environ.get("WALK_EXAMPLES", "16"))
STEPS = int(os.environ.get("WALK_STEPS", "30"))
SEED = int(os.environ.get("WALK_SEED", "0"))
LONG = int(os.environ.get("WALK_LONG", "120"))
DICE = os.environ.get("WALK_DICE", "")


class Walking(RuleBasedStateMachine):
    """Hypothesis' way to take a walk; `teardown` ends it."""

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk(guard_count=2)

    def teardown(self) -> None:
        self.walk.close()


def _rule_for(verb: str) -> Any:
    def take(self: Walking, **details: object) -> None:
        self.walk.step(verb, **details)

    take.__name__ = verb
    details = {name: st.sampled_from(choices) for name, choices in VERBS[verb].details.items()}
    as_rule: Any = rule  # its types know one signature for each way of calling it, and none for this one
    return as_rule(**details)(take)


for _verb in VERBS:
    setattr(Walking, _verb, _rule_for(_verb))


def test_whatever_happens_in_whatever_order_every_invariant_holds() -> None:
    with_seed: Any = seed(SEED)
    how = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    run_state_machine_as_test(with_seed(Walking), settings=how)


def test_a_long_walk_by_dice_ends_without_a_violation() -> None:
    _take_a_long_walk(DICE)


def test_a_walk_through_companies_of_several_services_ends_without_a_violation() -> None:
    _take_a_long_walk("several")


def _take_a_long_walk(named: str) -> None:
    loaded = dice.LOADED[named]
    steps, guard_count = dice.first(LONG, SEED, loaded), (2, 10)[SEED % 2]
    failed = dice.take(steps, guard_count, loaded)
    if failed:
        number, problem = failed
        short = dice.shorten(steps[:number], guard_count, problem, loaded)
        raise AssertionError(
            f"{problem}\nguard_count={guard_count}, step {number}:\n{dice.written(short)}"
        ) from problem
