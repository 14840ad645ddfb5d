"""Classes and rows of a coloured map."""

from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.map_layers import CLASSES, Gap, GridRow, MapFigure, class_limits, differences, shade, shade_gaps

VALUES = st.lists(st.integers(0, 400), max_size=200)


def rows(values: list[int]) -> list[GridRow]:
    return [GridRow(number, f"G{number}", f"第{number}网格", "", "", value) for number, value in enumerate(values, 1)]


@given(VALUES)
def test_every_value_lies_in_one_class_and_no_class_but_zeros_is_empty(values: list[int]) -> None:
    limits = class_limits(values)
    assert limits[0] == (0, 0)
    assert len(limits) <= CLASSES + 1
    for value in values:
        assert sum(low <= value <= high for low, high in limits) == 1
    for low, high in limits[1:]:
        assert any(low <= value <= high for value in values)


@given(VALUES, st.integers(0, 50))
def test_classes_rows_and_total_are_the_same_numbers(values: list[int], outside: int) -> None:
    shading = shade(MapFigure.OPEN_NEEDS, rows(values), outside)
    assert shading.total == sum(values) + outside
    assert sum(found.grids for found in shading.classes) == len(values)
    for row, number in zip(shading.rows, shading.class_of, strict=True):
        found = shading.classes[number]
        assert found.low <= row.value <= found.high


def test_few_distinct_values_each_get_their_own_class() -> None:
    assert class_limits([0, 3, 3, 1, 9]) == [(0, 0), (1, 1), (3, 3), (9, 9)]


def test_many_values_are_split_into_equal_crowds() -> None:
    assert class_limits(range(1, 101)) == [(0, 0), (1, 20), (21, 40), (41, 60), (61, 80), (81, 100)]


def test_one_huge_value_does_not_swallow_the_others() -> None:
    limits = class_limits([*range(1, 10), 10_000])
    assert limits[1] == (1, 2)
    assert limits[-1][1] == 10_000


def test_no_grid_gives_one_empty_class() -> None:
    shading = shade(MapFigure.VOLUNTEERS, [], outside=3)
    assert [(found.low, found.grids) for found in shading.classes] == [(0, 0)]
    assert shading.total == 3


def test_the_most_pressing_gap_colours_a_grid() -> None:
    shading = shade_gaps(
        [
            GridRow(1, "a", "a", "", "", 1, (Gap.NO_HELPER, Gap.NO_CONTACT)),
            GridRow(2, "b", "b", "", "", 1, (Gap.NO_CONTACT,)),
            GridRow(3, "c", "c", "", "", 0),
        ]
    )
    coloured = [shading.classes[number].gap for number in shading.class_of]
    assert coloured == [Gap.NO_HELPER, Gap.NO_CONTACT, None]
    assert shading.total == 2


@given(st.lists(st.integers(1, 10**9), unique=True))
def test_ids_come_back_from_their_differences(ids: list[int]) -> None:
    ordered = sorted(ids)
    last, back = 0, []
    for step in differences(ordered):
        last += step
        back.append(last)
    assert back == ordered
