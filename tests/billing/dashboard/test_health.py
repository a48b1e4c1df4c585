"""Is it working? Gateways and runs that were never saved: no database."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from django.utils.formats import date_format

from billing.dashboard.figures import Waiting
from billing.dashboard.health import Condition, Known, Level, decide_condition, is_healthy, level_of
from billing.dashboard.lines import lines_of, waiting_lines
from billing.models import HeldChanges, SyncRun, WhmcsGateway
from billing.monitoring.freshness import describe

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
NOBODY: dict[int, int] = {}
Outcome = SyncRun.Outcome


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


def known(last: SyncRun | None = None, **columns: Any) -> Known:
    return Known(WhmcsGateway(pk=7, name="Shop", **{"confirmed_at": ago(minutes=3), **columns}), last)


def run(outcome: Outcome, started_at: datetime, code: str = "") -> SyncRun:
    return SyncRun(pk=5, outcome=outcome, started_at=started_at, error_code=code, error="It broke." if code else "")


def sentence(the_gateway: Known, companies: int | None = 412) -> str:
    numbers = None if companies is None else {7: companies}
    return lines_of([the_gateway], numbers, NOW)[0].text


@pytest.mark.parametrize(
    ("the_gateway", "condition", "level"),
    [
        (known(run(Outcome.COMPLETE, ago(minutes=3, seconds=1))), Condition.FRESH, Level.OK),
        # Of one service that waits for a plan nothing is wrong with the reading; nor of a run of one service.
        (known(run(Outcome.HELD, ago(minutes=3, seconds=1))), Condition.FRESH, Level.OK),
        (known(run(Outcome.COMPLETE, ago(minutes=1))), Condition.FRESH, Level.OK),
        # It proved all there is before it was lost.
        (known(run(Outcome.LOST, ago(minutes=4))), Condition.FRESH, Level.OK),
        (known(run(Outcome.FAILED, ago(minutes=1), "timeout")), Condition.IN_TROUBLE, Level.WARN),
        (known(run(Outcome.LOST, ago(minutes=1))), Condition.IN_TROUBLE, Level.WARN),
        (known(run(Outcome.FAILED, ago(minutes=1), "x"), confirmed_at=ago(hours=2)), Condition.IN_TROUBLE, Level.BAD),
        (known(run(Outcome.FAILED, ago(minutes=1), "x"), confirmed_at=None), Condition.IN_TROUBLE, Level.BAD),
        (known(run(Outcome.COMPLETE, ago(hours=2)), confirmed_at=ago(hours=2)), Condition.STOPPED, Level.BAD),
        (known(None, confirmed_at=ago(hours=2)), Condition.STOPPED, Level.BAD),
        (known(None, confirmed_at=None), Condition.NEVER_READ, Level.WARN),
        (known(None, is_enabled=False), Condition.DISABLED, Level.WARN),
        (known(None, is_enabled=False, paused_at=NOW), Condition.DISABLED, Level.WARN),
        (known(None, paused_at=NOW), Condition.PAUSED, Level.BAD),
        (known(None, paused_at=NOW, resumed_at=NOW), Condition.RESUMED, Level.WARN),
    ],
)
def test_how_it_stands_with_a_gateway(the_gateway: Known, condition: Condition, level: Level) -> None:
    assert (decide_condition(the_gateway, NOW), level_of(the_gateway, NOW)) == (condition, level)


@pytest.mark.parametrize(
    ("companies", "text"),
    [
        (412, "All 412 companies are as WHMCS says, read 3\xa0minutes ago."),
        (1, "1 company is as WHMCS says, read 3\xa0minutes ago."),
        (0, "There are no companies yet. WHMCS was read 3\xa0minutes ago."),
        (None, "Everything is as WHMCS says, read 3\xa0minutes ago."),
    ],
)
def test_where_all_is_well_it_says_for_how_many_and_since_when(companies: int | None, text: str) -> None:
    assert sentence(known(), companies) == text


def test_what_was_read_just_now_is_not_zero_minutes_old() -> None:
    assert sentence(known(confirmed_at=ago(seconds=20))).endswith("read less than a minute ago.")


@pytest.mark.parametrize(
    ("the_gateway", "words"),
    [
        (known(run(Outcome.FAILED, ago(minutes=1), "x")), ["failed: It broke.", "What is shown was read 3\xa0minutes"]),
        (known(run(Outcome.PARTIAL, ago(minutes=1), "x")), ["was not complete: It broke."]),
        (known(run(Outcome.HELD, ago(minutes=1), "x"), confirmed_at=None), ["waits for your decision", "never read"]),
        (
            known(run(Outcome.HELD, ago(minutes=9), "x"), confirmed_at=None)._replace(answered_at=ago(minutes=1)),
            ["asked for your decision, and has it", "never read"],
        ),
        (
            known(run(Outcome.HELD, ago(minutes=1), "x"))._replace(answered_at=ago(minutes=2)),
            ["waits for your decision"],
        ),
        (known(run(Outcome.LOST, ago(minutes=1))), ["did not finish."]),
        (known(run(Outcome.FAILED, ago(minutes=1), "x"), silent_since=ago(hours=2)), ["Silent since"]),
        (known(run(Outcome.COMPLETE, ago(hours=5)), confirmed_at=ago(hours=5)), ["5\xa0hours ago", "the worker"]),
        (known(None, confirmed_at=None), ["has not been read yet"]),
        (known(None, paused_at=NOW, pause_reason="restored from a backup"), ["restored from a backup", "say go"]),
        (known(None, paused_at=NOW, resumed_at=NOW), ["resumed after a pause"]),
        (known(None, is_enabled=False), ["Switched off", "read 3\xa0minutes ago"]),
    ],
)
def test_what_is_not_well_is_said_with_its_reason(the_gateway: Known, words: list[str]) -> None:
    text = sentence(the_gateway)
    assert [word for word in words if word not in text] == []
    assert "All 412" not in text


@pytest.mark.parametrize(("days", "is_told"), [(0, True), (14, True), (15, False)])
def test_while_reading_fails_it_is_said_until_when_nobody_loses_access_by_it(days: int, is_told: bool) -> None:
    text = sentence(known(run(Outcome.FAILED, ago(minutes=1), "x"), confirmed_at=ago(days=days, minutes=3)))
    last = date_format((NOW - timedelta(days=days)).date() + timedelta(days=14))
    assert (f"Until {last} nobody loses access because of that." in text) is is_told


def test_what_went_wrong_leads_to_its_run_and_the_rest_to_the_gateway() -> None:
    failed, silent = known(run(Outcome.FAILED, ago(minutes=1), "x")), known(None, confirmed_at=None)
    pages = [lines_of([one], NOBODY, NOW)[0][2:] for one in (failed, silent, known())]
    assert pages == [("run", (5,)), ("gateway", (7,)), ("", ())]


def test_what_was_read_just_now_was_not_read_zero_minutes_ago() -> None:
    assert describe(known(confirmed_at=ago(seconds=59)).gateway, NOW) == "read less than a minute ago"
    assert describe(known(confirmed_at=ago(seconds=60)).gateway, NOW) == "read 1\xa0minute ago"


def test_several_gateways_have_a_line_each_with_their_own_number() -> None:
    other = Known(WhmcsGateway(pk=8, name="Other", confirmed_at=ago(minutes=3)), None)
    lines = [line.text for line in lines_of([known(), other], {7: 2}, NOW)]
    assert lines == [
        "Shop: All 2 companies are as WHMCS says, read 3\xa0minutes ago.",
        "Other: There are no companies yet. WHMCS was read 3\xa0minutes ago.",
    ]


def test_who_is_not_as_whmcs_says_is_not_counted_as_if_they_were() -> None:
    (line,) = lines_of([known()], {7: 12}, NOW, {7: 2})
    assert "10 of 12 companies are as WHMCS says" in line.text


@pytest.mark.parametrize("kind", HeldChanges.Kind)
def test_every_kind_of_question_says_how_many_it_is_about(kind: str) -> None:
    (line,) = waiting_lines(Waiting(0, 1, 0), {kind: Counter(count=30)})
    assert "30" in line.text
    (line,) = waiting_lines(Waiting(0, 1, 0), {kind: Counter(count=0)})
    assert line.text == "1 change waits for your approval."


def test_without_a_gateway_the_first_steps_are_named() -> None:
    """In words that are true in a terminal, too."""
    (line,) = lines_of([], NOBODY, NOW)
    assert "below" not in line.text
    assert (line.level, "No payment gateway" in line.text) == (Level.WARN, True)


def test_an_approval_that_waits_is_not_healthy_and_what_only_needs_attention_is() -> None:
    assert [line.text for line in waiting_lines(Waiting(9, 1, 2))] == [
        "1 change waits for your approval.",
        "2 things need attention.",
    ]
    asked = {"losses": Counter(count=30, people=84), "first_import": Counter(count=1)}
    (line,) = waiting_lines(Waiting(0, 2, 0), asked)
    assert line.text == (
        "2 changes wait for your approval. 30 companies would lose access (people: 84). 1 company would be created."
    )
    assert not is_healthy(line.level for line in waiting_lines(Waiting(0, 1, 0)))
    assert is_healthy(line.level for line in waiting_lines(Waiting(9, 0, 3)))
    assert waiting_lines(Waiting(9, 0, 0)) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt-br", "Todas as 412 empresas estão como o WHMCS diz, lido há 3\xa0minutos."),
        ("es", "Las 412 empresas están todas como dice WHMCS, leído hace 3\xa0minutos."),
    ],
)
def test_it_is_said_in_the_readers_language(language: str, text: str) -> None:
    with translation.override(language):
        assert sentence(known()) == text


def test_a_product_that_nobody_bought_here_is_named_for_its_code_may_be_wrong() -> None:
    nothing = known(run(Outcome.COMPLETE, ago(minutes=1)), product_code=9)
    assert "has no service of product 9" in lines_of([nothing], {7: 0}, NOW)[0].text
    waiting = known(run(Outcome.HELD, ago(minutes=1)))
    assert waiting.last is not None
    waiting.last.seen = 3
    assert "no service" not in lines_of([waiting], {7: 0}, NOW)[0].text
