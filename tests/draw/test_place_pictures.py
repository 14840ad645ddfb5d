"""A picture of places: numbers that can be read, wherever the places are."""

import itertools
import math
from typing import Any

from dashboard.core.frames import Frame
from dashboard.draw.place_pictures import LONGEST_NAME, MOST_NAMES, MOST_NUMBERS, places

SQUARE = {"type": "Polygon", "coordinates": [[[107, 28], [108, 28], [108, 29], [107, 29], [107, 28]]]}


def drawn(*rows: tuple[str, float, float, Any]) -> list[dict[str, Any]]:
    """The rows of the picture's own data."""
    spec = places(Frame(("place", "lon", "lat", "value"), rows), [SQUARE]).to_dict()
    (found,) = (rows for rows in spec["datasets"].values() if rows and "radius" in rows[0])
    return list(found)


def a_town(at: int, value: object = 30) -> tuple[str, float, float, Any]:
    return (f"第{at}镇", 107.5 + at * 0.001, 28.5, value)


def test_numbers_of_neighbours_stand_apart_and_lead_back() -> None:
    found = drawn(*[a_town(at, 10 * at) for at in range(1, 7)])
    for one, other in itertools.combinations(found, 2):
        assert math.hypot(one["x"] - other["x"], one["y"] - other["y"]) >= one["radius"] + other["radius"]
    assert any(one["moved"] for one in found)
    assert [one["inside"] for one in found] == ["10", "20", "30", "40", "50", "60"]
    assert [one["below"] for one in found] == [f"第{at}镇" for at in range(1, 7)]


def test_a_place_by_itself_stands_where_it_is() -> None:
    (found,) = drawn(a_town(1))
    assert (found["x"], found["y"], found["moved"]) == (found["at_x"], found["at_y"], False)


def test_more_is_larger_and_a_number_that_is_not_told_is_a_dot() -> None:
    few, many, hidden = drawn(("甲", 107.1, 28.1, 10), ("乙", 107.5, 28.5, 90), ("丙", 107.9, 28.9, None))
    assert hidden["radius"] < few["radius"] < many["radius"]
    assert (hidden["inside"], hidden["below"]) == ("", "")


def test_a_number_too_long_for_a_circle_stands_below_it() -> None:
    (found,) = drawn(a_town(1, 1234567))
    assert (found["inside"], found["below"]) == ("", "第1镇 1,234,567")


def test_many_places_are_not_named_and_very_many_not_numbered() -> None:
    some, many = ([a_town(at % 50, 5) for at in range(count)] for count in (MOST_NAMES + 1, MOST_NUMBERS + 1))
    assert {(one["inside"], one["below"]) for one in drawn(*some)} == {("5", "")}
    assert {(one["inside"], one["below"]) for one in drawn(*many)} == {("", "")}


def test_long_names_are_left_out() -> None:
    (found,) = drawn(("字" * (LONGEST_NAME + 1), 107.5, 28.5, 7))
    assert (found["inside"], found["below"]) == ("7", "")


def test_without_places_there_is_the_county() -> None:
    spec = places(Frame(("place", "lon", "lat", "value"), ()), [SQUARE]).to_dict()
    assert spec["layer"][0]["mark"]["type"] == "geoshape"
