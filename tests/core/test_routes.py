"""The order of a round's stops: every stop once, never a longer way than the one given, the same one each time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.routes import length, route

KITCHEN = (107.9, 28.53)
POINTS = st.lists(
    st.tuples(st.floats(107.8, 108.0, allow_nan=False), st.floats(28.4, 28.6, allow_nan=False)), max_size=12
)


@given(POINTS)
def test_every_stop_is_visited_once_and_the_way_is_never_longer(points: list[tuple[float, float]]) -> None:
    found = route(KITCHEN, points)
    assert sorted(found) == list(range(len(points)))
    assert length(KITCHEN, points, found) <= length(KITCHEN, points, range(len(points)))
    assert found == route(KITCHEN, list(points))


@given(POINTS)
def test_a_route_that_was_found_is_kept(points: list[tuple[float, float]]) -> None:
    ordered = [points[i] for i in route(KITCHEN, points)]
    again = [ordered[i] for i in route(KITCHEN, ordered)]
    assert length(KITCHEN, again, range(len(again))) <= length(KITCHEN, ordered, range(len(ordered)))


def test_stops_along_a_road_are_taken_as_they_come() -> None:
    road = [(107.94, 28.53), (107.91, 28.53), (107.93, 28.53), (107.92, 28.53)]
    assert (1, 3, 2, 0) == route(KITCHEN, road)


def test_stretches_that_cross_are_turned_round() -> None:
    """The nearest comes first by itself; going there and back again is what 2-opt mends."""
    points = [(107.901, 28.53), (107.8985, 28.53), (107.904, 28.53), (107.894, 28.53)]
    found = route(KITCHEN, points)
    assert length(KITCHEN, points, found) < length(KITCHEN, points, (0, 1, 2, 3))


@pytest.mark.parametrize("points", [[], [(107.95, 28.5)]])
def test_none_or_one_stop_is_its_own_order(points: list[tuple[float, float]]) -> None:
    assert tuple(range(len(points))) == route(KITCHEN, points)
