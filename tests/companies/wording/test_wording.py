"""Every verdict has its sentences."""

from datetime import date

import pytest
from django.utils import translation

from companies.access import Access, Reason, State
from companies.wording.verdicts import customer_sentence, operator_sentence, state_word


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence_for_customers_and_one_for_operators(reason: Reason) -> None:
    access = Access(State.OPEN, reason, since=date(2026, 3, 1), until=date(2026, 3, 9))
    for sentence in (customer_sentence(access), operator_sentence(access)):
        assert sentence.endswith(".")
        assert "%" not in sentence


@pytest.mark.parametrize("reason", list(Reason))
def test_a_verdict_without_days_still_has_a_sentence(reason: Reason) -> None:
    assert customer_sentence(Access(State.BLOCKED, reason))


def test_the_sentence_names_the_day() -> None:
    access = Access(State.GRACE, Reason.OVERDUE_IN_GRACE, until=date(2026, 3, 13))
    with translation.override("en"):
        assert "March 13, 2026" in customer_sentence(access)


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_word(state: State) -> None:
    assert state_word(state)
