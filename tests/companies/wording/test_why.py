"""Why a company is open or not, in an operator's words: no database, only facts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from companies.access import Reason, Rule
from companies.models import BillingSource, Company
from companies.standings.facts import access_of
from companies.wording.rule_texts import QUESTIONS
from companies.wording.why import explain

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
TODAY = NOW.date()
LONG_AGO = NOW - timedelta(days=300)


def company(*, read_at: datetime | None = NOW, paused: bool = False, **columns: Any) -> Company:
    source = BillingSource(
        name="Shop", grace_days=3, unconfirmed_days=14, confirmed_at=read_at, paused_at=LONG_AGO if paused else None
    )
    given = {"status": "active", "status_since": LONG_AGO, "due_date": TODAY + timedelta(days=5), **columns}
    return Company(name="Ana Sousa", source=source, **given)


OVERDUE: dict[str, Any] = {"due_date": TODAY - timedelta(days=10)}
CASES: dict[Reason, tuple[Company, list[str]]] = {
    Reason.LOCKED: (
        company(locked_at=NOW, lock_reason="court order."),
        ["The reason given: court order.", "An operator unlocks it. Then: Paid until the due date March 25, 2026."],
    ),
    Reason.HELD_OPEN: (
        company(**OVERDUE, hold_until=TODAY, hold_reason="cheque"),
        [
            "The reason given: cheque.",
            "If nothing changes, from March 21, 2026: Overdue, without access since March 21, 2026",
            "An operator ends keeping it open. Then: Overdue, without access since March 14, 2026",
        ],
    ),
    Reason.HOLD_UNCONFIRMED: (
        company(status="suspended", hold_until=TODAY - timedelta(days=2), read_at=LONG_AGO),
        [
            "It was kept open until March 18, 2026",
            "by an operator until March 18, 2026, and stays so",
            "The next complete reading",
            "An operator ends keeping it open. Then: Suspended in billing",
        ],
    ),
    Reason.SUSPENDED: (company(status="suspended"), ["WHMCS sets the service to Active again"]),
    Reason.TERMINATED: (company(status="terminated"), ["The client buys again"]),
    Reason.CANCELLED: (company(status="cancelled"), ["The client buys again"]),
    Reason.FRAUD: (company(status="fraud"), ["WHMCS sets the service to Active again"]),
    Reason.NO_DUE_DATE: (company(due_date=None), ["An operator locks it."]),
    Reason.PAID: (company(), ["If nothing changes, from March 26, 2026: Overdue since March 26, 2026", "locks it."]),
    Reason.BILLING_OVERRIDE: (
        company(**OVERDUE, override_until=TODAY),
        ["If nothing changes, from March 21, 2026: Overdue, without access since March 21, 2026"],
    ),
    Reason.OVERDUE_IN_GRACE: (
        company(due_date=TODAY - timedelta(days=2)),
        ["It is paid in WHMCS", "If nothing changes, from March 22, 2026: Overdue, without access"],
    ),
    Reason.OVERDUE: (
        company(**OVERDUE, hold_until=date(2026, 3, 1), override_until=date(2026, 3, 2)),
        [
            "It was kept open until March 1, 2026", "The exemption ended on March 2, 2026",
            "There are 3 days of grace, and they ended on March 13, 2026", "a reading that shows a due date of today",
        ],
    ),
    Reason.READING_PAUSED: (company(**OVERDUE, read_at=LONG_AGO, paused=True), ["An operator says go"]),
    Reason.CLOSING_WAITS: (
        company(**OVERDUE, closing_held_since=NOW), ["No complete reading that counts", "Somebody says yes or no"]
    ),
    Reason.UNCONFIRMED: (
        company(**OVERDUE, read_at=LONG_AGO),
        ["The last reading that shows this began on May 24, 2025", "The next complete reading"],
    ),
    Reason.UNCONFIRMED_TOO_LONG: (
        company(due_date=TODAY - timedelta(days=90), read_at=LONG_AGO),
        ["It could stay open unconfirmed through Jan. 6, 2026", "WHMCS can be read again"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("reason", list(Reason))
def test_each_verdict_is_explained_by_what_was_looked_at_and_what_would_change_it(reason: Reason) -> None:
    the_company, sentences = CASES[reason]
    assert access_of(the_company, now=NOW).reason is reason
    explanation = explain(the_company, now=NOW)
    told = " ".join([explanation.verdict, *(step.answer for step in explanation.steps), *explanation.turns])
    for sentence in sentences:
        assert sentence in told
    assert [step.mark for step in explanation.steps].count("decides") == 1
    assert explanation.turns


def test_what_is_kept_open_though_billing_would_close_it_is_not_said_to_be_paid_then() -> None:
    turns = explain(company(hold_until=TODAY, closing_held_since=NOW), now=NOW).turns
    assert turns == [
        "An operator ends keeping it open, or March 20, 2026 has passed: billing decides again. By what it said last "
        "the company loses access then, after it has been read once more; where many would, somebody is asked first."
    ]


@pytest.mark.parametrize("due_date", [TODAY + timedelta(days=5), TODAY - timedelta(days=2)])
def test_where_closing_waits_for_a_yes_the_dates_that_stand_here_are_not_told_as_what_comes(due_date: date) -> None:
    turns = " ".join(explain(company(due_date=due_date, closing_held_since=NOW), now=NOW).turns)
    assert "Somebody says yes or no to what waits" in turns
    assert "If nothing changes" not in turns


def test_the_heading_asks_what_the_operator_asks() -> None:
    assert explain(CASES[Reason.OVERDUE][0], now=NOW).title == "Why is it closed?"
    assert explain(CASES[Reason.OVERDUE_IN_GRACE][0], now=NOW).title == "Why is it open?"
    with translation.override("pt-br"):
        assert explain(CASES[Reason.OVERDUE][0], now=NOW).title == "Por que está fechada?"


def test_every_rule_has_a_question_and_rules_behind_the_deciding_one_are_not_told_as_passed() -> None:
    assert list(QUESTIONS) == list(Rule)
    marks = [step.mark for step in explain(CASES[Reason.LOCKED][0], now=NOW).steps]
    assert marks == ["decides", *["skipped"] * (len(Rule) - 1)]


def test_it_says_how_old_what_billing_says_is() -> None:
    assert explain(company(read_at=NOW - timedelta(minutes=5)), now=NOW).read.endswith("ago.")
    alone = company()
    alone.source = None
    assert explain(alone, now=NOW).read == ""
