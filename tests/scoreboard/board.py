"""A scenario played by both sides becomes a row."""

from tests.scoreboard.document import Row
from tests.scoreboard.play import play
from tests.scoreboard.scenario import Scenario
from tests.scoreboard.sides import script_side, ticketz_side
from tests.scoreboard.verdict import describe, holds
from tests.scoreboard.workers import Workers

VARIES = "¹"


def play_both(scenario: Scenario, workers: Workers | None) -> Row:
    """The row of a scenario, measured now."""
    script = play(scenario, script_side())
    ticketz = play(scenario, ticketz_side(workers))
    mark = VARIES if scenario.varies else ""
    return Row(
        scenario.number, scenario.sentence, describe(script) + mark, holds(script), describe(ticketz), holds(ticketz)
    )
