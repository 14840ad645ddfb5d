"""Datums against published vectors, distances, polygons and which grid a point lies in."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core import geo
from dashboard.core.geo import Datum, GridIndex

#: WGS-84 (lon, lat) and GCJ-02 (lon, lat) of Shanghai, Shenzhen and Beijing, as every published port is tested with.
PUBLISHED_GCJ = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
#: GCJ-02 and BD-09 of one point of Beijing, in every published port's tests.
PUBLISHED_BD = ((116.404, 39.915), (116.41036949371029, 39.92133699351021))
#: The published inverse is a short formula that misses by centimetres: BD-09 and what it calls GCJ-02.
PUBLISHED_BD_BACK = ((116.404, 39.915), (116.39762729119315, 39.90865673957631))
in_china = st.tuples(st.floats(75, 134), st.floats(19, 53))


@pytest.mark.parametrize(("wgs", "gcj"), PUBLISHED_GCJ)
def test_gcj02_equals_the_published_points(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    there, back = geo.gcj02_from_wgs84(*wgs), geo.wgs84_from_gcj02(*gcj)
    assert geo.distance_m(*gcj, *there) < 0.001
    assert geo.distance_m(*wgs, *back) < 0.001


def test_bd09_equals_the_published_points() -> None:
    gcj, bd = PUBLISHED_BD
    assert geo.distance_m(*bd, *geo.bd09_from_gcj02(*gcj)) < 0.001
    bd, gcj = PUBLISHED_BD_BACK
    assert geo.distance_m(*gcj, *geo.gcj02_from_bd09(*bd)) < 0.1


@given(in_china)
def test_there_and_back_is_less_than_a_centimetre(point: tuple[float, float]) -> None:
    gcj = geo.gcj02_from_wgs84(*point)
    assert geo.distance_m(*point, *geo.to_wgs84(*gcj, Datum.GCJ02)) < 0.01
    assert geo.distance_m(*point, *geo.to_wgs84(*geo.bd09_from_gcj02(*gcj), Datum.BD09)) < 0.01


def test_wgs84_stays_as_it_is_and_so_does_the_world_outside_china() -> None:
    assert [float(v) for v in geo.to_wgs84(107.9, 28.5, Datum.WGS84)] == [107.9, 28.5]
    assert [float(v) for v in geo.to_wgs84(2.35, 48.85, Datum.GCJ02)] == [2.35, 48.85]


def test_gcj02_moves_wuchuan_by_half_a_kilometre() -> None:
    assert 500 < float(geo.distance_m(107.9, 28.5, *geo.gcj02_from_wgs84(107.9, 28.5))) < 620


def test_distances_are_great_circles_in_metres() -> None:
    assert float(geo.distance_m(0, 0, 1, 0)) == pytest.approx(111_195.08, abs=0.01)
    assert float(geo.distance_m(10, 90, 200, -90)) == pytest.approx(np.pi * geo.EARTH_M)
    assert float(geo.distance_m(107.9, 28.5, 107.9, 28.5)) == 0
    assert geo.distance_m([0, 0], [0, 0], [1, 2], [0, 0]).shape == (2,)


def test_area_is_in_square_metres() -> None:
    assert geo.area_m2(shapely.box(107.9, 28.5, 107.91, 28.51)) == pytest.approx(1_086_600, rel=0.002)
    assert geo.area_m2(shapely.Polygon()) == 0


SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]


@pytest.mark.parametrize(
    ("polygons", "expected"),
    [
        ([[SQUARE]], None),
        ([[SQUARE], [[[2, 2], [3, 2], [3, 3], [2, 2]]]], None),
        ([[SQUARE, [[0.2, 0.2], [0.4, 0.2], [0.4, 0.4], [0.2, 0.2]]]], None),
        ([], "empty"),
        ([[]], "empty"),
        ([[[]]], "empty"),
        ([[SQUARE[:-1]]], "unclosed"),
        ([[[[0, 0], [1, 1], [0, 0]]]], "too_few_points"),
        ([[[[0, 0], [0, 0], [0, 0], [0, 0]]]], "too_few_points"),
        ([[[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]], "self_crossing"),
        ([[[[0, 0], [1, 1], [2, 2], [0, 0]]]], "self_crossing"),
        ([[SQUARE, [[5, 5], [6, 5], [6, 6], [5, 5]]]], "self_crossing"),
        ([[SQUARE], [SQUARE]], "self_crossing"),
        ([[[[28, 107], [29, 107], [29, 108], [28, 107]]]], "swapped"),
        ([[[[36_500_000, 3_150], [36_500_100, 3_150], [36_500_000, 3_250], [36_500_000, 3_150]]]], "not_degrees"),
    ],
)
def test_polygons_are_judged(polygons: list[list[list[list[float]]]], expected: str | None) -> None:
    assert geo.polygon_problem(polygons) == expected


def _two_grids() -> GridIndex:
    return GridIndex(["B", "A"], [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])


def test_a_point_gets_the_grid_it_lies_in() -> None:
    index = _two_grids()
    assert [index.code_at(0.5, 0.5), index.code_at(1.5, 0.5)] == ["B", "A"]


def test_a_point_on_a_shared_border_belongs_to_the_smaller_code() -> None:
    assert _two_grids().code_at(1, 0.5) == "A"


def test_a_point_on_the_outer_border_belongs_to_its_grid() -> None:
    assert _two_grids().code_at(0, 0.5) == "B"


def test_a_point_outside_every_grid_has_none() -> None:
    assert _two_grids().code_at(5, 5) is None
    assert GridIndex([], []).code_at(0, 0) is None


def test_a_sliver_between_grids_belongs_to_the_nearest() -> None:
    index = GridIndex(["A", "B"], [shapely.box(0, 0, 0.999999, 1), shapely.box(1, 0, 2, 1)])
    assert index.code_at(0.9999992, 0.5) == "A"
    assert index.code_at(1.0001 + 1, 0.5) is None


@given(st.lists(st.tuples(st.floats(-1, 3), st.floats(-1, 2)), min_size=1, max_size=30))
def test_the_index_agrees_with_asking_each_polygon(points: list[tuple[float, float]]) -> None:
    index = _two_grids()
    shapes = {"A": shapely.box(1, 0, 2, 1), "B": shapely.box(0, 0, 1, 1)}
    found = index.place([x for x, _ in points], [y for _, y in points])
    for (x, y), position in zip(points, found, strict=True):
        holding = sorted(code for code, shape in shapes.items() if shape.intersects(shapely.Point(x, y)))
        if holding:
            assert index.codes[position] == holding[0]
        elif min(shape.distance(shapely.Point(x, y)) for shape in shapes.values()) > 2e-5:
            assert position == -1


def test_overlaps_name_both_and_the_share_of_the_smaller() -> None:
    big, small, apart = shapely.box(0, 0, 10, 10), shapely.box(9.5, 0, 10.5, 1), shapely.box(20, 0, 21, 1)
    assert geo.overlaps([big, apart, small]) == [(0, 2, pytest.approx(0.5))]


def test_touching_and_hairline_overlaps_pass() -> None:
    assert geo.overlaps([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(-0.995, 0, 0.005, 1)]) == []
    assert geo.overlaps([shapely.box(0, 0, 1, 1)]) == []


def test_gaps_are_the_open_parts_and_no_hairlines() -> None:
    county = shapely.box(0, 0, 0.03, 0.01)
    left, right = shapely.box(0, 0, 0.01, 0.01), shapely.box(0.02, 0, 0.03, 0.01)
    (gap,) = geo.gaps([left, right], county)
    assert gap.area == pytest.approx(0.0001, rel=0.01)
    almost = shapely.box(0.010001, 0, 0.02, 0.01)
    assert geo.gaps([left, almost, right], county) == []
    assert len(geo.gaps([almost], county)) == 2


def test_covers_counts_the_border_in() -> None:
    assert geo.covers(shapely.box(0, 0, 1, 1), [0.5, 1, 2], [0.5, 1, 2]).tolist() == [True, True, False]
