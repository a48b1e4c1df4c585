"""What services say against the plans here, without a database."""

import pytest

from billing.coverage.matrix import Count, Line, Matrix, Verdict, build_matrix, key_of

PLANS = {"Pro": 1, "Team": 2, "A&B": 3}


def matrix(*counts: tuple[str | None, str, int, int], fallback: int | None = None) -> Matrix:
    return build_matrix([Count(*count) for count in counts], PLANS, fallback)


def line(value: str | None, fallback: int | None = None) -> Line:
    (found,) = matrix((value, "Active", 1, 1), fallback=fallback).lines
    return found


def test_services_are_counted_by_standing() -> None:
    (found,) = matrix(
        ("Pro", "Active", 3, 2), ("Pro", "Completed", 1, 1), ("Pro", "Suspended", 2, 2), ("Pro", "Pending", 1, 0),
        ("Pro", "Strange", 1, 0), ("Pro", "Terminated", 5, 5), ("Pro", "Fraud", 1, 0),
    ).lines  # fmt: skip
    assert (found.paid, found.waiting, found.undecided, found.ended) == (4, 1, 4, 6)


@pytest.mark.parametrize(
    ("value", "verdict", "plan_id"),
    [
        ("Pro", Verdict.MATCHED, 1),
        ("pro", Verdict.UNKNOWN, None),
        ("Pro|Professional", Verdict.MATCHED, 1),
        ("p1|Team", Verdict.MATCHED, 2),
        ("Pro|Team", Verdict.AMBIGUOUS, None),
        ("A&amp;B", Verdict.MATCHED, 3),
        ("A&amp;amp;B", Verdict.UNKNOWN, None),
        ("", Verdict.MISSING, None),
        (None, Verdict.MISSING, None),
    ],
)
def test_each_value_has_its_verdict(value: str | None, verdict: Verdict, plan_id: int | None) -> None:
    assert (line(value).verdict, line(value).plan_id) == (verdict, plan_id)


@pytest.mark.parametrize("value", ["pro", "Pro|Team", "", None])
def test_a_fallback_covers_whatever_names_no_plan(value: str | None) -> None:
    found = line(value, fallback=2)
    assert (found.verdict, found.plan_id, found.is_open) == (Verdict.FALLBACK, 2, False)


def test_no_option_and_an_empty_one_are_one_line() -> None:
    (found,) = matrix((None, "Active", 2, 0), ("", "Active", 3, 0)).lines
    assert (found.paid, found.waiting) == (5, 5)


def test_what_only_ended_services_say_needs_no_plan() -> None:
    found = matrix(("Old", "Terminated", 9, 9), ("Older", "Pending", 1, 0))
    assert [one.value for one in found.open_lines] == ["Older"]


def test_the_worst_is_first_and_plans_that_nobody_names_are_told() -> None:
    found = matrix(("Team", "Active", 50, 50), ("x", "Active", 1, 0), ("y", "Active", 9, 0), ("z", "Fraud", 99, 0))
    assert [one.value for one in found.lines] == ["y", "x", "z", "Team"]
    assert found.unnamed == {1, 3}


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Pro ", ["Pro "]),
        ("R&amp;D", ["R&D"]),
        ("R&amp;amp;D", ["R&amp;D"]),
        ("p1|Gold\u00a0", ["p1|Gold\u00a0", "p1", "Gold\u00a0"]),
        ("line\nbreak", []),
        ("x" * 256, []),
        ("", []),
    ],
)
def test_a_plan_may_be_called_what_the_value_says_exactly(value: str, names: list[str]) -> None:
    assert line(value).names == names


def test_a_line_is_found_by_its_key() -> None:
    found = matrix(("Pro ", "Active", 1, 1), ("Pro", "Active", 1, 1))
    one = found.line(key_of("Pro "))
    assert one is not None
    assert one.value == "Pro "
    assert found.line("nothing") is None
