import pytest

from billing.reconcile import is_mass_absence, is_mass_change, is_other_whmcs


@pytest.mark.parametrize(
    ("losing", "open_now", "held"),
    [
        (0, 0, False),
        (1, 1, False),
        (2, 2, False),
        (3, 3, True),
        (3, 40, False),
        (10, 50, False),
        (11, 109, True),
        (11, 110, False),
        (11, 1000, False),
        (101, 1000, True),
    ],
)
def test_many_and_a_large_share_or_all_of_three_wait_for_a_yes(losing: int, open_now: int, held: bool) -> None:
    assert is_mass_change(losing, of=open_now, max_count=10, max_percent=10) is held


@pytest.mark.parametrize(
    ("missing", "known", "doubted"),
    [(0, 0, False), (1, 1, False), (1, 2, False), (2, 2, False), (1, 3, False), (2, 3, True), (2, 4, True),
     (1, 4, False), (8, 17, False), (9, 17, True), (10, 100, False), (11, 100, True), (11, 200, False)],
)  # fmt: skip
def test_half_of_a_list_is_never_just_gone(missing: int, known: int, doubted: bool) -> None:
    assert is_mass_absence(missing, of=known, max_count=10, max_percent=10) is doubted


@pytest.mark.parametrize(
    ("different", "compared", "other"), [(2, 2, False), (3, 15, False), (3, 14, True), (3, 3, True), (20, 100, False)]
)
def test_a_few_people_change_any_day_and_a_fifth_of_them_never(different: int, compared: int, other: bool) -> None:
    assert is_other_whmcs(different, of=compared) is other
