"""Polygons made light for drawing."""

import math
from typing import Any

from shapely import coverage_is_valid
from shapely.geometry import Point, shape

from dashboard.core.map_shapes import Outline, bounds, feature_collection, label_point, simplified, united


def wavy_neighbours() -> list[dict[str, Any]]:
    """Two squares that share a border of 400 small waves of about a metre."""
    border = [[107.5 + 1e-5 * math.sin(n), 28.0 + n / 4000] for n in range(401)]
    left = [[107.4, 28.0], *border, [107.4, 28.1], [107.4, 28.0]]
    right = [[107.6, 28.0], [107.6, 28.1], *reversed(border), [107.6, 28.0]]
    return [{"type": "Polygon", "coordinates": [ring]} for ring in (left, right)]


def test_a_shared_border_is_thinned_once_and_stays_shared() -> None:
    light = [shape(geometry) for geometry in simplified(wavy_neighbours())]
    assert sum(len(one.exterior.coords) for one in light) < 60
    assert coverage_is_valid(light)
    assert light[0].intersection(light[1]).area == 0


def test_areas_hardly_change() -> None:
    for before, after in zip(wavy_neighbours(), simplified(wavy_neighbours()), strict=True):
        whole, light = shape(before).area, shape(after).area
        assert abs(light - whole) < 0.001 * whole


def test_a_grid_smaller_than_the_tolerance_is_still_drawn() -> None:
    tiny = {"type": "Polygon", "coordinates": [[[107, 28], [107.00005, 28], [107.00005, 28.00005], [107, 28]]]}
    assert shape(simplified([tiny])[0]).area > 0


def test_a_name_stands_inside_its_polygon_even_when_the_middle_does_not() -> None:
    horseshoe = {
        "type": "Polygon",
        "coordinates": [[[0, 0], [3, 0], [3, 3], [2, 3], [2, 1], [1, 1], [1, 3], [0, 3], [0, 0]]],
    }
    assert shape(horseshoe).contains(Point(label_point(horseshoe)))


def test_two_squares_side_by_side_unite() -> None:
    area = united(wavy_neighbours())
    assert area is not None
    assert math.isclose(shape(area).area, 0.2 * 0.1, rel_tol=1e-6)


def test_overlapping_and_crossed_polygons_unite_too() -> None:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}
    across = {"type": "Polygon", "coordinates": [[[1, 0], [3, 0], [3, 2], [1, 2], [1, 0]]]}
    crossed = {"type": "Polygon", "coordinates": [[[4, 0], [5, 1], [5, 0], [4, 1], [4, 0]]]}
    area = united([square, across, crossed])
    assert area is not None
    assert math.isclose(shape(area).area, 6.5)


def test_nothing_has_no_area_and_no_bounds() -> None:
    assert united([]) is None
    assert bounds([]) is None
    assert simplified([]) == []


def test_features_keep_their_keys_and_words() -> None:
    made = feature_collection(
        Outline(number, geometry, {"name": "{{7*7}}"}) for number, geometry in enumerate(wavy_neighbours(), 5)
    )
    assert [feature["id"] for feature in made["features"]] == [5, 6]
    assert made["features"][0]["properties"] == {"name": "{{7*7}}"}
    assert bounds([feature["geometry"] for feature in made["features"]]) == [[28.0, 107.4], [28.1, 107.6]]
