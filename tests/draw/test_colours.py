"""Colours of a figure's classes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.map_layers import Gap, GridRow, MapFigure, shade, shade_gaps
from dashboard.draw.colours import GAPS, MISSING, NONE, RAMPS, colours

COUNTED = [figure for figure in MapFigure if figure is not MapFigure.COVERAGE]


def rows(values: list[int]) -> list[GridRow]:
    return [GridRow(number, "", "", "", "", value) for number, value in enumerate(values, 1)]


def lightness(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@given(st.sampled_from(COUNTED), st.lists(st.integers(0, 300), max_size=80))
def test_every_class_has_its_own_colour_and_more_is_darker(figure: MapFigure, values: list[int]) -> None:
    shading = shade(figure, rows(values))
    found = colours(shading)
    assert len(found) == len(shading.classes) == len(set(found))
    assert [*found[1:]] == sorted(found[1:], key=lightness, reverse=True)


def test_grids_without_a_contact_stand_out_and_grids_without_a_need_do_not() -> None:
    assert colours(shade(MapFigure.CONTACTS, rows([0, 2])))[0] == MISSING
    assert colours(shade(MapFigure.OPEN_NEEDS, rows([0, 2])))[0] == NONE


def test_each_gap_has_its_colour_and_covered_is_first() -> None:
    shading = shade_gaps([GridRow(1, "", "", "", "", 1, (Gap.OVERDUE,))])
    assert colours(shading) == [GAPS[None], *(GAPS[gap] for gap in Gap)]


@pytest.mark.parametrize("figure", COUNTED)
def test_a_single_class_takes_the_middle_of_its_ramp(figure: MapFigure) -> None:
    assert colours(shade(figure, rows([7])))[1] == RAMPS[figure][2]
