"""Every scenario of the scoreboard, in the order of the catalogue."""

from tests.scoreboard.scenarios import answers, lists, lives, masses, processes, transport, values

SCENARIOS = (
    *transport.SCENARIOS,
    *answers.SCENARIOS,
    *lists.SCENARIOS,
    *values.SCENARIOS,
    *lives.SCENARIOS,
    *processes.SCENARIOS,
    *masses.SCENARIOS,
)
