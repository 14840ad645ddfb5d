"""Small counts stay hidden from one who knows every total and can subtract."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.suppression import Mask, interval, suppressed


def tables(rows: int, columns: int, most: int = 9) -> st.SearchStrategy[list[list[int]]]:
    row = st.lists(st.integers(0, most), min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows)


def hidden(mask: Mask) -> list[tuple[int, int]]:
    return [(i, j) for i, row in enumerate(mask) for j, cell in enumerate(row) if cell]


def test_large_counts_and_zeros_are_shown() -> None:
    assert not hidden(suppressed([[5, 0], [12, 30]]))


def test_a_small_count_takes_the_next_smallest_with_it() -> None:
    assert hidden(suppressed([[3], [40], [12], [0]])) == [(0, 0), (2, 0)]


def test_two_ones_alone_would_give_each_other_away() -> None:
    # Their sum, 2, leaves only 1 + 1.
    assert hidden(suppressed([[1], [1], [9], [20]])) == [(0, 0), (1, 0), (2, 0)]


def test_a_count_that_nothing_can_protect_hides_the_whole_table() -> None:
    assert suppressed([[2], [0]]) == ((True,), (True,))


def test_a_small_count_beside_zeros_does_not_hide_what_lies_elsewhere() -> None:
    towns = [[0, 25], [1, 16], [1, 9], [0, 1]]
    # The last row's total, 1, gives its count away unless its zero is hidden too.
    mask = suppressed(towns)
    assert mask[3] == (True, True)
    assert mask[0] == (False, False)
    figures = [[0, 0, 3, 3], [2, 2, 47, 47], [0, 0, 1, 1], [81, 81, 143, 143], [73, 73, 79, 79], [3, 3, 5, 5]]
    mask = suppressed(figures)
    assert [row[2:] for row in (mask[1], mask[3], mask[4])] == [(False, False)] * 3


def test_no_rows_no_mask() -> None:
    assert suppressed([]) == ()


@pytest.mark.parametrize("bad", [[[1, -1]], [[1], [1, 2]]])
def test_what_is_no_table_of_counts_is_refused(bad: list[list[int]]) -> None:
    with pytest.raises(ValueError):
        suppressed(bad)


@given(tables(4, 1))
def test_subtraction_leaves_each_hidden_count_several_numbers(table: list[list[int]]) -> None:
    """One column, by trying every number: the reader knows the total and what is shown."""
    mask = suppressed(table)
    places = [at for at, _ in hidden(mask)]
    total = sum(table[at][0] for at in places)
    least = 0 if any(table[at][0] == 0 for at in places) else 1
    fits = [some for some in product(range(least, total + 1), repeat=len(places)) if sum(some) == total]
    for position in range(len(places)):
        if total > 0:
            assert len({some[position] for some in fits}) > 1 or len(places) == len(table)


@given(tables(3, 3))
def test_every_small_count_is_hidden_and_no_hidden_one_is_certain(table: list[list[int]]) -> None:
    mask = suppressed(table)
    assert {(i, j) for i in range(3) for j in range(3) if 0 < table[i][j] < 5} <= set(hidden(mask))
    if len(hidden(mask)) < 9:
        for i, j in hidden(mask):
            low, high = interval(table, mask, i, j)
            assert low < high
            assert low <= table[i][j] <= high


@given(tables(2, 3, most=6))
def test_the_interval_is_what_trying_every_number_finds(table: list[list[int]]) -> None:
    mask = suppressed(table)
    places = hidden(mask)
    if not places or len(places) == 6:
        return
    least = 0 if any(table[i][j] == 0 for i, j in places) else 1
    top = [min(sum(table[i]), sum(row[j] for row in table)) for i, j in places]
    found = []
    for some in product(*(range(least, high + 1) for high in top)):
        trial = [list(row) for row in table]
        for (i, j), value in zip(places, some, strict=True):
            trial[i][j] = value
        if all(sum(a) == sum(b) for a, b in zip(trial, table, strict=True)) and all(
            sum(a) == sum(b) for a, b in zip(zip(*trial, strict=True), zip(*table, strict=True), strict=True)
        ):
            found.append(some)
    for position, (i, j) in enumerate(places):
        seen = {some[position] for some in found}
        assert (min(seen), max(seen)) == interval(table, mask, i, j)


def test_a_small_count_among_large_ones_takes_three_corners_with_it_and_not_the_table() -> None:
    table = [[100, 40], [90, 3], [80, 30], [70, 20], [60, 50]]
    assert hidden(suppressed(table)) == [(1, 0), (1, 1), (3, 0), (3, 1)]


def test_small_counts_of_one_column_protect_each_other() -> None:
    assert hidden(suppressed([[100, 40], [90, 3], [80, 4], [70, 20]])) == [(1, 0), (1, 1), (2, 0), (2, 1)]
