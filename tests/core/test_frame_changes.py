"""Rows added, gone and changed between two results."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.frame_changes import KEPT, frame_changes
from dashboard.core.frames import Frame, Scalar


def frame(*rows: tuple[Scalar, ...], columns: str = "town n") -> Frame:
    return Frame(tuple(columns.split()), rows)


def counts(before: Frame, after: Frame) -> tuple[int, int, int]:
    found = frame_changes(before, after)
    return found.added, found.gone, found.changed


def test_the_same_rows_in_another_order_are_no_change() -> None:
    assert not frame_changes(frame(("a", 1), ("b", 2)), frame(("b", 2), ("a", 1)))


def test_a_row_of_the_same_first_word_changed() -> None:
    found = frame_changes(frame(("a", 1), ("b", 2), ("c", 3)), frame(("a", 1), ("b", 5), ("d", 4)))
    assert (found.added, found.gone, found.changed) == (1, 1, 1)
    assert found.rows_changed == ((("b", 2), ("b", 5)),)
    assert (found.rows_added, found.rows_gone) == ((("d", 4),), (("c", 3),))


def test_an_id_is_a_key_and_a_count_is_none() -> None:
    assert counts(frame((1, "x"), columns="need_id state"), frame((1, "y"), columns="need_id state")) == (0, 0, 1)
    assert counts(frame((3, "x"), columns="n state"), frame((4, "x"), columns="n state")) == (0, 0, 1)
    assert counts(frame((3, 5), columns="n m"), frame((3, 6), columns="n m")) == (1, 1, 0)


def test_as_many_words_as_tell_rows_apart_are_the_key() -> None:
    columns = "month urgency n"
    before = frame(("1", "high", 3), ("1", "low", 4), columns=columns)
    assert counts(before, frame(("1", "high", 3), ("1", "low", 9), columns=columns)) == (0, 0, 1)


def test_rows_that_stand_twice_are_counted() -> None:
    assert counts(frame((1, 1), (1, 1)), frame((1, 1))) == (0, 1, 0)


def test_other_columns_are_said() -> None:
    found = frame_changes(frame(("a", 1)), frame(("a", 1), columns="town m"))
    assert (found.columns, found.added, found.gone) == (True, 1, 1)


def test_a_number_and_the_same_digits_as_text_differ() -> None:
    assert frame_changes(frame((1, 1)), frame(("1", 1)))
    assert not frame_changes(frame((1, 1)), frame((1.0, 1)))


def test_only_the_first_rows_are_kept() -> None:
    found = frame_changes(frame(), frame(*[(f"t{n}", n) for n in range(100)]))
    assert (found.added, len(found.rows_added)) == (100, KEPT)


values = st.one_of(st.none(), st.integers(0, 3), st.sampled_from("ab"), st.floats(0, 1))
frames = st.lists(st.tuples(values, values, values), max_size=8).map(lambda rows: Frame(("a", "b", "c"), tuple(rows)))


@given(frames, frames)
def test_the_counts_add_up_and_no_row_is_told_twice(before: Frame, after: Frame) -> None:
    found = frame_changes(before, after)
    assert len(before.rows) - found.gone + found.added == len(after.rows)
    told = Counter(found.rows_added) + Counter(new for _, new in found.rows_changed)
    assert not told - Counter(after.rows)
    assert bool(found) == bool(frame_changes(after, before))


@given(frames)
def test_nothing_differs_from_itself(one: Frame) -> None:
    assert not frame_changes(one, one)
