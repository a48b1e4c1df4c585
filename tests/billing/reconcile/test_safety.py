import pytest

from billing.reconcile import is_mass_change


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
