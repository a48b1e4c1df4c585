"""Many ids in little memory, and none mistaken for its neighbour."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from billing.whmcs import IdSet
from billing.whmcs.ids import IdMarks

ids = st.integers(1, 2**63 - 1) | st.integers(1, 200)


@given(st.lists(st.tuples(ids, st.integers(1, 255))))
def test_the_first_mark_of_an_id_stands_and_no_other_id_has_it(pairs: list[tuple[int, int]]) -> None:
    marks, plain = IdMarks(), dict[int, int]()
    for number, mark in pairs:
        assert marks.setdefault(number, mark) == plain.get(number, 0)
        plain.setdefault(number, mark)
        assert all(marks.get(other) == plain.get(other, 0) for other in (number - 1, number, number + 1))
    assert len(marks) == len(plain)


def test_a_mark_can_be_replaced() -> None:
    marks = IdMarks()
    marks.setdefault(17, 3)
    marks.replace(17, 255)
    assert (marks.get(17), len(marks)) == (255, 1)


@given(st.lists(ids), ids)
def test_a_set_holds_what_was_added(numbers: list[int], other: int) -> None:
    found = IdSet()
    found.update(numbers)
    assert (len(found), other in found) == (len(set(numbers)), other in numbers)
    assert all(number in found for number in numbers)
    assert "17" not in found


@given(st.lists(ids), st.lists(ids))
def test_of_many_those_are_told_that_it_lacks(numbers: list[int], asked: list[int]) -> None:
    found = IdSet()
    found.update(numbers)
    assert found.lacking(asked) == [number for number in asked if number not in numbers]


def test_neighbours_share_their_memory() -> None:
    tracemalloc.start()
    found = IdSet()
    found.update(range(1, 100_001))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 100_000
    assert held < 2**20
