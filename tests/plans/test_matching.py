"""Finding a plan by its exact name, and showing why it was not found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.differences import Difference, show
from plans.matching import Match, Miss, match_plan

PLANS = {"Basic": 1, "Pro": 2, "Pro Max": 3, "R&D": 4, "Caf\u00e9": 5}


def miss(value: str, plans: dict[str, int] = PLANS) -> Miss:
    answer = match_plan(value, plans)
    assert isinstance(answer, Miss)
    return answer


@pytest.mark.parametrize(
    ("value", "plan_id"),
    [
        ("Pro", 2),
        ("Pro Max", 3),
        ("R&D", 4),
        ("R&amp;D", 4),
        ("Caf&eacute;", 5),
        ("Pro|Professional, for teams", 2),
        ("internal-7|Basic", 1),
        ("Basic|Basic", 1),
    ],
)
def test_a_value_that_is_spelled_exactly_alike_finds_its_plan(value: str, plan_id: int) -> None:
    assert match_plan(value, PLANS) == Match(plan_id)


def test_entities_are_decoded_once_only() -> None:
    assert isinstance(match_plan("R&amp;amp;D", PLANS), Miss)


def test_a_name_with_a_pipe_is_found_as_a_whole() -> None:
    assert match_plan("A|B", {"A|B": 9}) == Match(9)


def test_two_sides_that_name_two_plans_are_a_question() -> None:
    assert miss("Basic|Pro").ambiguous


@pytest.mark.parametrize(
    ("value", "nearest", "difference", "shown"),
    [
        ("Pro ", "Pro", Difference.SURROUNDING_SPACE, "Pro\u2423"),
        (" Pro", "Pro", Difference.SURROUNDING_SPACE, "\u2423Pro"),
        ("Pro\u00a0Max", "Pro Max", Difference.UNUSUAL_SPACE, "Pro[U+00A0]Max"),
        ("pro", "Pro", Difference.LETTER_CASE, "pro"),
        ("Cafe\u0301", "Caf\u00e9", Difference.COMPOSED_ACCENT, "Cafe[U+0301]"),
        ("\u0420ro", "Pro", Difference.LOOK_ALIKE, "[U+0420]ro"),
        ("P\u200bro", "Pro", Difference.INVISIBLE, "P[U+200B]ro"),
        ("Prox", "Pro", Difference.OTHER_TEXT, "Prox"),
    ],
)
def test_a_miss_names_the_nearest_plan_and_makes_the_difference_visible(
    value: str, nearest: str, difference: Difference, shown: str
) -> None:
    answer = miss(value)
    assert answer.nearest == nearest
    assert answer.differences == (difference,)
    assert answer.value_shown == shown


def test_a_difference_on_the_plans_side_is_made_visible_too() -> None:
    answer = miss("Pro", {"Pro ": 1})
    assert answer.nearest_shown == "Pro\u2423"
    assert answer.differences == (Difference.SURROUNDING_SPACE,)


def test_several_differences_are_all_named() -> None:
    assert set(miss(" PRO\u00a0MAX").differences) == {
        Difference.SURROUNDING_SPACE, Difference.UNUSUAL_SPACE, Difference.LETTER_CASE,
    }  # fmt: skip


def test_without_any_plan_there_is_no_neighbour() -> None:
    assert miss("Pro", {}).nearest is None


def test_text_of_spaces_only_is_shown_once() -> None:
    assert show("  ") == "\u2423\u2423"


@given(st.text(max_size=40), st.dictionaries(st.text(min_size=1, max_size=20), st.integers(1, 9), max_size=4))
def test_a_plan_is_found_only_by_its_own_spelling(value: str, plans: dict[str, int]) -> None:
    answer = match_plan(value, plans)
    if isinstance(answer, Match):
        assert answer.plan_id in plans.values()
    else:
        assert value not in plans or answer.ambiguous
