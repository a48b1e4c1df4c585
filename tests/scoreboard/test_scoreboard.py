"""Every fault of the scoreboard, on whatever services the suite runs with; the page says what happens."""

import pytest

from companies.models import Company
from tests.scoreboard import document
from tests.scoreboard.board import VARIES, play_both
from tests.scoreboard.scenario import Scenario
from tests.scoreboard.scenarios import SCENARIOS
from tests.scoreboard.stage import CART_PASSWORD, Stage
from tests.scoreboard.workers import Workers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.number)
def test_ticketz_holds_and_the_page_says_what_happens(scenario: Scenario, workers: Workers | None) -> None:
    row = play_both(scenario, workers)
    assert row.ticketz_holds, row.ticketz
    written = document.read_page()[scenario.number]
    assert row.ticketz == written.ticketz
    if not written.script.endswith(VARIES):
        assert (row.script, row.script_holds) == (written.script, written.script_holds)


@pytest.mark.django_db(transaction=True)
def test_a_secret_that_lies_about_is_found_and_told(workers: Workers | None) -> None:
    """The proof of the proof; that the other probes find something shows in the script's column."""

    def plant(stage: Stage) -> None:
        Company.objects.filter(name="Ana Smith").update(hold_reason=CART_PASSWORD)

    row = play_both(Scenario("F-00", "A first password stands in a table.", past=plant), workers)
    assert not row.ticketz_holds
    assert "the cart password in database" in row.ticketz


def test_the_page_has_a_row_for_each_scenario_and_a_word_for_each_other_fault() -> None:
    rows = document.read_page()
    assert [(row.number, row.sentence) for row in rows.values()] == [(s.number, s.sentence) for s in SCENARIOS]
    page = document.PAGE.read_text(encoding="utf-8")
    assert page == document.write_page(list(rows.values()), SCENARIOS)


def test_at_least_sixty_of_the_86_faults_are_here_and_none_is_passed_over() -> None:
    here = {scenario.fault for scenario in SCENARIOS}
    assert len(here) >= 60
    assert len({scenario.number for scenario in SCENARIOS}) == len(SCENARIOS)
    assert here | set(document.ABSENT) == {f"F-{number:02}" for number in range(1, 87)}
    assert not here & set(document.ABSENT)
